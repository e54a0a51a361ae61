import type { DeliveryStore } from '../../domain/delivery-store.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import { isForEarlierEndpoint } from '../../domain/endpoint-generation.ts';
import { boundsOf, type Estimate, recoverableStatuses } from '../../domain/recovery.ts';
import type { UnixMillis } from '../../domain/time.ts';
import type { ReplayOptions } from '../replay-route.ts';
import { isRecoverable } from './recoverable.ts';

const pageSize = 100;

/** Counts the deliveries of an endpoint that a recovery would send again in a span, while there is time. */
export async function estimateFailed(
  endpoint: Pick<Endpoint, 'tenant' | 'id' | 'generation' | 'createdAt'>,
  span: { readonly since: UnixMillis; readonly until: UnixMillis },
  hasTime: () => boolean,
  deliveries: Pick<DeliveryStore, 'stopped' | 'readAll'>,
  { toCurrentEndpoint = false }: ReplayOptions = {},
): Promise<Estimate> {
  const of = { tenant: endpoint.tenant, endpointId: endpoint.id };
  let count = 0;
  let ofEarlierEndpoint = 0;
  let malformed = 0;
  let passed: string | undefined;
  do {
    if (!hasTime()) return { count, isExact: false, ofEarlierEndpoint };
    const bounds = boundsOf({ ...span, passed });
    const { keys, next } = await deliveries.stopped(
      of,
      recoverableStatuses(toCurrentEndpoint),
      bounds,
      pageSize,
    );
    const found = await deliveries.readAll(
      keys.map(({ id }) => id),
      () => malformed++,
    );
    const all = found.filter((delivery) => isRecoverable(delivery, toCurrentEndpoint));
    const earlier = all.filter((delivery) => isForEarlierEndpoint(delivery, endpoint)).length;
    if (!toCurrentEndpoint) ofEarlierEndpoint += earlier;
    count += toCurrentEndpoint ? all.length : all.length - earlier;
    passed = next;
  } while (passed !== undefined);
  return { count, isExact: malformed === 0, ofEarlierEndpoint };
}
