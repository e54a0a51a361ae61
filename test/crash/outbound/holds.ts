import { dueAfterSweep } from '../../../lambdas/domain/retry-schedule.ts';
import { type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';
import { tableNames } from '../../../testing/memory/dynamodb/dynamodb.ts';
import type { Item } from '../../../testing/memory/dynamodb/values.ts';
import type { outboundWorld } from '../../support/worlds/outbound-world.ts';
import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';

/** Two minutes: a sweep may read the index just before the endpoint is in it, so that only the next one finds it. */
const untilSwept = 120_000;
/** The visibility timeout of the delivery queue. */
const visibilityMs = 450_000;
/** The longest that one lost task delays what is sent: the sweep that has just moved it looks at it again. */
const untilSweptAgain = dueAfterSweep(0, unixMillis(0));

/** A held delivery whose endpoint was enabled. */
interface Wait {
  readonly delivery: string;
  readonly endpoint: string;
  readonly since: UnixMillis;
  /** When it was sent, or ended otherwise. */
  until?: UnixMillis;
}

type World = Pick<ReturnType<typeof outboundWorld>, 'db' | 'table' | 'now' | 'settings'>;

/**
 * Watches how long what is held waits after its endpoint was enabled: two minutes. After a fault it may take as long as
 * a lost task or a dead worker is noticed: 26 minutes from the last fault on.
 */
export function watchHolds({ db, table, now, settings }: World) {
  const waits: Wait[] = [];
  const enabled = new Set<string>();
  const disturbances = { last: unixMillis(0), count: 0 };

  function begin({ id, endpointId }: StoredDelivery): void {
    waits.push({ delivery: id, endpoint: endpointId, since: now() });
  }
  function end(isOver: (wait: Wait) => boolean): void {
    for (const wait of waits) if (wait.until === undefined && isOver(wait)) wait.until = now();
  }

  function enable(endpoint: string): void {
    enabled.add(endpoint);
    for (const delivery of table.deliveries.values())
      if (delivery.status === 'held' && delivery.endpointId === endpoint) begin(delivery);
  }
  /** Or delete: what waits goes on waiting, or ends. */
  function disable(endpoint: string): void {
    enabled.delete(endpoint);
    end((wait) => wait.endpoint === endpoint);
  }

  function seeDelivery(was: StoredDelivery | undefined, delivery: StoredDelivery): void {
    const { id, status, endpointId } = delivery;
    if (status === 'held' && was?.status !== 'held' && enabled.has(endpointId)) begin(delivery);
    if (status !== 'held' && status !== 'pending') end((wait) => wait.delivery === id);
  }
  function seeEndpoint({ id, status }: Item, is: Item | undefined): void {
    if (is === undefined || is['status'] === 'disabled') disable(String(id));
    else if (status === 'disabled') enable(String(id));
  }
  db.onWrite(({ was, is, table: name }) => {
    const delivery = name === tableNames.deliveries ? table.deliveries.seen(is) : undefined;
    if (delivery !== undefined) seeDelivery(table.deliveries.seen(was), delivery);
    if (name === tableNames.endpoints && isEndpoint(was)) seeEndpoint(was, is);
  });

  return {
    /** Whether it was disabled, and is enabled again. */
    wasEnabled: (endpoint: string): boolean => enabled.has(endpoint),
    sent: (deliveryId: string): void => end((wait) => wait.delivery === deliveryId),

    /** Something went wrong until then. */
    disturbed(until: number): void {
      disturbances.last = unixMillis(Math.max(disturbances.last, until));
      disturbances.count++;
    },

    /** Whether all that was held was sent in time. */
    isSentInTime: (): boolean =>
      waits.every(({ since, until = Number.POSITIVE_INFINITY }) => {
        if (disturbances.count === 0) return until <= since + untilSwept;
        const healing = untilSwept + untilSweptAgain + visibilityMs + settings.lease * 1000;
        return until <= Math.max(since, disturbances.last) + healing;
      }),
  };
}

const isEndpoint = (item: Item | undefined): item is Item => item?.['url'] !== undefined;
