import type { Delivery } from '../../domain/delivery-record.ts';
import { endpointDeletedReason } from '../hold-delivery.ts';

/**
 * Whether a recovery sends a delivery again: it failed.
 *
 * @param toCurrentEndpoint whether to send to the endpoint that has the id now; then deliveries that the deletion of an earlier
 * one ended count, too
 */
export const isRecoverable = (
  { status, lastError }: Pick<Delivery, 'status' | 'lastError'>,
  toCurrentEndpoint = false,
): boolean =>
  status === 'failed' || (toCurrentEndpoint && status === 'discarded' && lastError === endpointDeletedReason);
