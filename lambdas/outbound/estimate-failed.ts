import type { Delivery, ListedDelivery } from '../domain/delivery-record.ts';
import { boundsOf, type Estimate, firstPlace, nextPlace, type RecoveryPlace } from '../domain/recovery.ts';
import type { UnixMillis } from '../domain/time.ts';

/** Where the deliveries of an endpoint are listed. */
export interface ListedDeliveries {
  /** Of one partition, the oldest first. */
  listed(
    endpoint: { readonly tenant: string; readonly endpointId: string },
    place: Pick<RecoveryPlace, 'day' | 'shard'>,
    bounds: { readonly after: string; readonly upTo: string },
    limit: number,
  ): Promise<readonly ListedDelivery[]>;
  /** The oldest first; one that has expired meanwhile is left out. */
  readAll(ids: readonly string[]): Promise<readonly Delivery[]>;
}

const pageSize = 100;

/** How many failed deliveries of an endpoint there are in a span, as far as the time lasts. */
export async function estimateFailed(
  endpoint: { readonly tenant: string; readonly endpointId: string },
  span: { readonly since: UnixMillis; readonly until: UnixMillis },
  hasTime: () => boolean,
  deliveries: ListedDeliveries,
): Promise<Estimate> {
  let count = 0;
  let place: RecoveryPlace | undefined = firstPlace(span.since);
  while (place !== undefined) {
    if (!hasTime()) return { count, isExact: false };
    const keys = await deliveries.listed(endpoint, place, boundsOf({ place, ...span }), pageSize);
    const found = await deliveries.readAll(keys.map(({ id }) => id));
    count += found.filter(({ status }) => status === 'failed').length;
    place = nextPlace({ place, ...span }, keys, pageSize);
  }
  return { count, isExact: true };
}
