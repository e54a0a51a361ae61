import type { Endpoint } from '../../domain/endpoint.ts';
import { asError } from '../../domain/errors.ts';
import { later, type Seconds, seconds } from '../../domain/time.ts';
import { announceDisabled, type DisablePorts } from '../disable-endpoint.ts';
import { type HoldPorts, recheckHeld } from '../hold-delivery.ts';
import { type ReleaseProgress, type ReleaseWaitingPorts, releaseWaiting } from '../release-waiting.ts';

export type ReleasePorts = HoldPorts & DisablePorts & ReleaseWaitingPorts;

/** The index is eventually consistent; the release ends only after it has been empty for this long. */
const indexLag = seconds(60);
/** Held deliveries of one endpoint that one run releases: the rest follows a minute later. */
const releasedAtMost = 600;
const pageSize = 50;

/** Notifies the operators of disabled endpoints, and releases what enabled ones still hold. @returns how many were released */
export async function reconcileEndpoints(
  retention: Seconds,
  hasTime: () => boolean,
  ports: ReleasePorts,
): Promise<number> {
  let released = 0;
  for (const { tenant, id } of await ports.endpoints.toReconcile()) {
    if (!hasTime()) break;
    try {
      released += await reconcile(await ports.endpoints.read(tenant, id), retention, hasTime, ports);
    } catch (error) {
      // An error leaves out this endpoint only.
      ports.telemetry.error('endpoint.reconcile-failed', { tenant, endpointId: id }, asError(error));
    }
  }
  return released;
}

async function reconcile(
  endpoint: Endpoint | undefined,
  retention: Seconds,
  hasTime: () => boolean,
  ports: ReleasePorts,
): Promise<number> {
  if (endpoint?.attentionAt === undefined) return 0;
  if (endpoint.status === 'enabled') return releaseAll(endpoint, retention, hasTime, ports);
  await announceDisabled(endpoint, ports);
  return 0;
}

/**
 * Releases what an enabled endpoint still holds, then what waited when the release was asked for; the oldest first.
 *
 * Done again until nothing was left for a minute: a worker that saw the endpoint disabled, or its breaker open, may hold
 * one more.
 */
export async function releaseAll(
  endpoint: Endpoint,
  retention: Seconds,
  hasTime: () => boolean,
  ports: ReleasePorts,
): Promise<number> {
  const held = await releaseHeld(endpoint, retention, hasTime, ports);
  const upTo = endpoint.attentionAt ?? ports.now();
  const waiting = await releaseWaiting(endpoint, upTo, hasTime, ports);
  const released = held.released + waiting.released;
  if (held.isEmpty && waiting.isEmpty) {
    await endRelease(released > 0 ? { ...endpoint, heldEmptyAt: undefined } : endpoint, ports);
  } else if (endpoint.heldEmptyAt !== undefined) {
    await ports.endpoints.markHeldEmpty(endpoint, undefined);
  }
  return released;
}

async function releaseHeld(
  endpoint: Endpoint,
  retention: Seconds,
  hasTime: () => boolean,
  ports: ReleasePorts,
): Promise<ReleaseProgress> {
  let released = 0;
  while (released < releasedAtMost && hasTime()) {
    const ids = await ports.deliveries.heldOf(endpoint, pageSize);
    if (ids.length === 0) return { released, isEmpty: true };
    const rechecked = await Promise.all(ids.map((id) => recheckOne(id, retention, ports)));
    const count = rechecked.filter((isReleased) => isReleased).length;
    released += count;
    // All of them are released already, and the index does not show it yet.
    if (count === 0) break;
  }
  return { released, isEmpty: false };
}

/** @returns whether the delivery is no longer held */
async function recheckOne(id: string, retention: Seconds, ports: ReleasePorts): Promise<boolean> {
  const delivery = await ports.deliveries.read(id);
  return delivery?.status === 'held' && !(await recheckHeld(delivery, retention, ports));
}

async function endRelease(endpoint: Endpoint, ports: ReleasePorts): Promise<void> {
  const now = ports.now();
  const { heldEmptyAt } = endpoint;
  if (heldEmptyAt === undefined) await ports.endpoints.markHeldEmpty(endpoint, now);
  else if (later(heldEmptyAt, indexLag) <= now) await ports.endpoints.reconciled(endpoint);
}
