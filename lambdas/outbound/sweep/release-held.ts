import type { Endpoint } from '../../domain/endpoint.ts';
import { asError } from '../../domain/errors.ts';
import type { DeliveryId } from '../../domain/ids.ts';
import { later, type Seconds, seconds } from '../../domain/time.ts';
import { announceDisabled, type DisablePorts } from '../disable-endpoint.ts';
import { type HoldPorts, recheckHeld } from '../hold-delivery.ts';
import { type ReleaseWaitingPorts, releasePages, releaseWaiting } from '../release-waiting.ts';

export type ReleasePorts = HoldPorts & DisablePorts & ReleaseWaitingPorts;

/** The index is eventually consistent; the release ends only after it has been empty for this long. */
const indexLag = seconds(60);

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
      // An error skips this endpoint only.
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
 * Releases what an enabled endpoint still holds, then what waited when the release was requested, oldest first.
 *
 * Runs again until nothing was left for a minute, since a worker that saw the endpoint disabled, or its breaker open, may
 * hold one more.
 */
export async function releaseAll(
  endpoint: Endpoint,
  retention: Seconds,
  hasTime: () => boolean,
  ports: ReleasePorts,
): Promise<number> {
  const held = await releasePages(
    (limit) => ports.deliveries.heldOf(endpoint, limit),
    (id) => recheckOne(id, retention, ports),
    hasTime,
  );
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

/** @returns whether the delivery is no longer held */
async function recheckOne(id: DeliveryId, retention: Seconds, ports: ReleasePorts): Promise<boolean> {
  const delivery = await ports.deliveries.read(id);
  return delivery?.status === 'held' && !(await recheckHeld(delivery, retention, ports));
}

async function endRelease(endpoint: Endpoint, ports: ReleasePorts): Promise<void> {
  const now = ports.now();
  const { heldEmptyAt } = endpoint;
  if (heldEmptyAt === undefined) await ports.endpoints.markHeldEmpty(endpoint, now);
  else if (later(heldEmptyAt, indexLag) <= now) await ports.endpoints.reconciled(endpoint);
}
