import type { Recovery } from '../../../lambdas/domain/recovery.ts';
import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';
import type { Life } from './endpoint-history.ts';

/** A read of an index may be this late, in ms. */
const lag = 1000;

/** Whether a recovery that is done has left out a delivery that had failed before it began. */
export function isPassedOver(
  { tenant, endpointId, since, until, createdAt, toCurrentEndpoint }: Recovery,
  delivery: StoredDelivery,
  writtenAt: number,
  life: Life | undefined,
): boolean {
  const isItsOwn =
    life !== undefined && (toCurrentEndpoint === true || delivery.generation === life.generation);
  return (
    isItsOwn &&
    delivery.status === 'failed' &&
    delivery.tenant === tenant &&
    delivery.endpointId === endpointId &&
    delivery.createdAt >= since &&
    delivery.createdAt <= until &&
    writtenAt < createdAt - lag
  );
}
