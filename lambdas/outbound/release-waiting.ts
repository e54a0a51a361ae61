import type { PendingDelivery } from '../domain/delivery-record.ts';
import { taskMessage } from '../domain/delivery-task.ts';
import type { Endpoint } from '../domain/endpoint.ts';
import { asError } from '../domain/errors.ts';
import type { DeliveryId } from '../domain/ids.ts';
import { releasePace } from '../domain/release-pace.ts';
import { dueAfterCreation } from '../domain/retry-schedule.ts';
import type { UnixMillis } from '../domain/time.ts';
import type { OutboundPorts } from './ports.ts';
import type { Turn } from './sweep/turns.ts';

export type EndWaitPorts = Pick<OutboundPorts, 'deliveries'>;

export type ReleaseWaitingPorts = Pick<OutboundPorts, 'now' | 'deliveries' | 'sendTask' | 'telemetry'>;

/** The progress of a release. */
export interface ReleaseProgress {
  readonly released: number;
  /** Nothing is left that waited by then, as far as the index shows. */
  readonly isEmpty: boolean;
}

/** How much of an endpoint one run releases; the rest follows a minute later. */
export interface ReleaseRun {
  readonly hasTime: () => boolean;
  readonly atMost: number;
  /** Several endpoints take turns, page by page. */
  readonly turn: Turn;
}

/** Of a run that is not the sweep's: its caller waits for it. */
const releasedAtMost = 600;
const pageSize = 50;

/** A run for one endpoint, after something was done to it. */
export const oneRun = (endpoint: Endpoint, hasTime: () => boolean): ReleaseRun => ({
  hasTime,
  atMost: Math.min(releasedAtMost, releasePace(endpoint)),
  turn: (work) => work(),
});

/**
 * Releases an endpoint's deliveries page by page while there is time.
 *
 * @param pageOf reads the next ones from an eventually consistent index
 * @param releaseOne returns false when the delivery no longer needs a release
 */
export async function releasePages(
  pageOf: (limit: number) => Promise<readonly DeliveryId[]>,
  releaseOne: (id: DeliveryId) => Promise<boolean>,
  { hasTime, atMost, turn }: ReleaseRun,
): Promise<ReleaseProgress> {
  let released = 0;
  while (released < atMost && hasTime()) {
    const limit = Math.min(pageSize, atMost - released);
    const page = await turn(() => releasePage(pageOf, releaseOne, limit));
    if (page.isEmpty) return { released, isEmpty: true };
    released += page.released;
    // All of them are released already; the index does not show it yet.
    if (page.released === 0) break;
  }
  return { released, isEmpty: false };
}

async function releasePage(
  pageOf: (limit: number) => Promise<readonly DeliveryId[]>,
  releaseOne: (id: DeliveryId) => Promise<boolean>,
  limit: number,
): Promise<ReleaseProgress> {
  const ids = await pageOf(limit);
  const ends = await Promise.all(ids.map(releaseOne));
  return { released: ends.filter((isReleased) => isReleased).length, isEmpty: ids.length === 0 };
}

/**
 * Sends the deliveries that have waited for their next attempt since before `upTo`, after a person said that the endpoint
 * is up.
 *
 * Sends each once, however often this runs: a delivery that fails or is deferred again waits since after `upTo`. The
 * endpoint's limits pace them.
 */
export const releaseWaiting = (
  endpoint: Endpoint,
  upTo: UnixMillis,
  run: ReleaseRun,
  ports: ReleaseWaitingPorts,
): Promise<ReleaseProgress> =>
  releasePages(
    (limit) => ports.deliveries.waitingOf(endpoint, upTo, limit),
    (id) => releaseOneWaiting(id, upTo, ports),
    run,
  );

async function releaseOneWaiting(
  id: DeliveryId,
  upTo: UnixMillis,
  ports: ReleaseWaitingPorts,
): Promise<boolean> {
  const seen = await ports.deliveries.read(id);
  if (seen?.status !== 'pending' || seen.waitsSince === undefined || seen.waitsSince > upTo) return false;
  const delivery = await endWait(seen, ports.now(), ports);
  if (delivery === undefined) return false;
  await ports.sendTask(taskMessage({ deliveryId: id, attempt: delivery.attempts + 1 }, delivery));
  const { eventId, eventType, tenant, endpointId, correlationId } = delivery;
  ports.telemetry.info('delivery.wait-ended', {
    deliveryId: id,
    eventId,
    eventType,
    tenant,
    endpointId,
    correlationId,
  });
  return true;
}

/**
 * Ends a delivery's wait. The caller sends its task; the sweep sends one that gets lost. The task that was deferred comes
 * later and finds the attempt recorded, or makes it.
 *
 * @returns undefined when it no longer waits, or a worker has claimed it
 */
export async function endWait(
  seen: PendingDelivery,
  now: UnixMillis,
  { deliveries }: EndWaitPorts,
): Promise<PendingDelivery | undefined> {
  const dueAt = dueAfterCreation(now);
  const { ok, delivery } = await deliveries.endWait(seen, dueAt);
  if (ok) return delivery;
  // Our own earlier write refused this one: its response was lost and the client repeated it.
  const isOwn =
    delivery?.status === 'pending' && delivery.nextAttemptAt === undefined && delivery.dueAt === dueAt;
  return isOwn ? delivery : undefined;
}

export type ResumePorts = ReleaseWaitingPorts & Pick<OutboundPorts, 'endpoints'>;

/**
 * Releases what waits for an endpoint that works again, while there is time; the sweep continues from the note.
 *
 * Never throws: a delivery that is skipped is sent when its own wait ends.
 */
export async function resumeEndpoint(
  { tenant, id }: Pick<Endpoint, 'tenant' | 'id'>,
  hasTime: () => boolean,
  ports: ResumePorts,
): Promise<void> {
  try {
    const now = ports.now();
    const noted = await ports.endpoints.resumeEndpoint({ tenant, id }, now);
    if (noted !== undefined) await releaseWaiting(noted, now, oneRun(noted, hasTime), ports);
  } catch (error) {
    ports.telemetry.error('endpoint.reconcile-failed', { tenant, endpointId: id }, asError(error));
  }
}
