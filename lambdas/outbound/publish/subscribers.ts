import type { Endpoint } from '../../domain/endpoint.ts';
import type { EndpointStore } from '../../domain/endpoint-store.ts';
import type { EndpointId, TenantId } from '../../domain/ids.ts';
import { type SubscriptionIndex, subscriptionIndex } from '../../domain/subscription-index.ts';
import { later, seconds, type UnixMillis } from '../../domain/time.ts';

interface SubscriberPorts {
  readonly endpoints: Pick<EndpointStore, 'page' | 'changes'>;
  now(): UnixMillis;
}

/** The endpoints that a process keeps in memory. */
export interface SubscriberCache {
  /** For one batch of messages, which were all published before this call. */
  forBatch(ports: SubscriberPorts): FindSubscribers;
}

/** Finds a tenant's endpoints that subscribe to a type; undefined when the tenant has too many endpoints to keep in memory. */
export type FindSubscribers = (
  tenant: TenantId,
  eventType: string,
) => Promise<readonly Endpoint[] | undefined>;

/** The most endpoints that are kept in memory, of all tenants together. */
const maxKept = 10_000;
/** Endpoints read by one query. */
const pageSize = 500;
/** Endpoints are read again after this, even if no change is counted: the process that wrote one may have died before it counted it. */
const keptFor = seconds(60);

/** The endpoints of one tenant. */
interface Kept {
  readonly changes: number;
  readonly readAt: UnixMillis;
  readonly size: number;
  readonly index: SubscriptionIndex<Endpoint>;
}

/**
 * Keeps the endpoints of tenants in memory, so that an event costs as much as its subscribers do.
 *
 * Each batch asks once for each of its tenants how often its endpoints have changed, with strong consistency, and reads them
 * again after a change. A change is counted before the API answers, so an event that is published after that answer finds it.
 */
export function subscriberCache(most: number = maxKept): SubscriberCache {
  const kept = new Map<TenantId, Kept>();

  async function current(tenant: TenantId, ports: SubscriberPorts): Promise<Kept | undefined> {
    const changes = await ports.endpoints.changes(tenant);
    const known = kept.get(tenant);
    const isFresh = known?.changes === changes && later(known.readAt, keptFor) > ports.now();
    const now = isFresh ? known : await readAll(tenant, changes, most, ports);
    kept.delete(tenant);
    if (now !== undefined) keep(tenant, now);
    return now;
  }

  /** The map is in the order of use; the tenants that were not used for the longest time go first. */
  function keep(tenant: TenantId, read: Kept): void {
    kept.set(tenant, read);
    let total = [...kept.values()].reduce((sum, { size }) => sum + size, 0);
    for (const [other, { size }] of kept) {
      if (total <= most) break;
      kept.delete(other);
      total -= size;
    }
  }

  return {
    forBatch(ports) {
      const asked = new Map<TenantId, Promise<Kept | undefined>>();
      return async (tenant, eventType) => {
        const found = asked.get(tenant) ?? current(tenant, ports);
        asked.set(tenant, found);
        return (await found)?.index.matching(eventType);
      };
    },
  };
}

/** @returns undefined when there are more than `most` */
async function readAll(
  tenant: TenantId,
  changes: number,
  most: number,
  { endpoints, now }: SubscriberPorts,
): Promise<Kept | undefined> {
  const readAt = now();
  const all: Endpoint[] = [];
  let after: EndpointId | undefined;
  do {
    const page = await endpoints.page(tenant, { after }, pageSize);
    all.push(...page.endpoints);
    if (all.length > most) return undefined;
    after = page.next;
  } while (after !== undefined);
  return { changes, readAt, size: all.length, index: subscriptionIndex(all) };
}
