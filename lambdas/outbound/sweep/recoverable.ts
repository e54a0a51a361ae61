import type { Delivery } from '../../domain/delivery-record.ts';
import { endpointDeletedReason } from '../hold-delivery.ts';

/**
 * Whether a recovery sends a delivery again: it failed.
 *
 * @param toCurrentEndpoint where it is on purpose for the endpoint that has the id now, what the deletion of an earlier one
 * ended counts, too
 */
export const isRecoverable = (
  { status, lastError }: Pick<Delivery, 'status' | 'lastError'>,
  toCurrentEndpoint = false,
): boolean =>
  status === 'failed' || (toCurrentEndpoint && status === 'discarded' && lastError === endpointDeletedReason);
