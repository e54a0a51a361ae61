import {
  type Delivery,
  endpointDayFor,
  endpointDayOf,
  listedAt,
} from '../../../lambdas/domain/delivery-record.ts';
import type { EndpointId, TenantId } from '../../../lambdas/domain/ids.ts';
import { asDelivery, type StoredDelivery } from './stored-delivery.ts';

interface OfEndpoint {
  readonly tenant: TenantId;
  readonly endpointId: EndpointId;
}
interface Partition {
  readonly day: string;
  readonly shard: number;
}

/** The index of deliveries by endpoint, in memory. */
export function memoryListed(deliveries: ReadonlyMap<string, StoredDelivery>) {
  const of = (endpoint: OfEndpoint, { day, shard }: Partition) =>
    [...deliveries.values()]
      .filter((delivery) => endpointDayFor(delivery) === endpointDayOf(endpoint, day, shard))
      .sort((a, b) => (listedAt(a) < listedAt(b) ? -1 : 1));
  const keysOf = (found: readonly StoredDelivery[], limit: number) =>
    found.slice(0, limit).map((delivery) => ({ id: delivery.id, listedAt: listedAt(delivery) }));

  return {
    listed: async (
      endpoint: OfEndpoint,
      place: Partition,
      { after, upTo }: { readonly after: string; readonly upTo: string },
      limit: number,
    ) =>
      keysOf(
        of(endpoint, place).filter((found) => listedAt(found) > after && listedAt(found) <= upTo),
        limit,
      ),

    newest: async (
      endpoint: OfEndpoint,
      place: Partition,
      { from, before }: { readonly from: string; readonly before: string },
      limit: number,
    ) =>
      keysOf(
        of(endpoint, place)
          .filter((found) => listedAt(found) >= from && listedAt(found) < before)
          .reverse(),
        limit,
      ),

    readAll: async (ids: readonly string[]): Promise<readonly Delivery[]> =>
      ids
        .map((id) => deliveries.get(id))
        .filter((delivery) => delivery !== undefined)
        .map((delivery) => asDelivery(delivery))
        .sort((a, b) => (listedAt(a) < listedAt(b) ? -1 : 1)),
  };
}
