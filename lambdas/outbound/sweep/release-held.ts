import { endpointHash } from '../../domain/delivery-task.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import { asError } from '../../domain/errors.ts';
import type { DeliveryId, EndpointId, TenantId } from '../../domain/ids.ts';
import { releasePace } from '../../domain/release-pace.ts';
import { later, type Seconds, seconds } from '../../domain/time.ts';
import { announceDisabled, type DisablePorts } from '../disable-endpoint.ts';
import { type HoldPorts, recheckHeld } from '../hold-delivery.ts';
import type { OutboundPorts } from '../ports.ts';
import {
  type ReleaseRun,
  type ReleaseWaitingPorts,
  releasePages,
  releaseWaiting,
} from '../release-waiting.ts';
import { turns } from './turns.ts';

export type ReleasePorts = HoldPorts & DisablePorts & ReleaseWaitingPorts & Pick<OutboundPorts, 'limiter'>;

/** Pages of deliveries that are released at the same time, of different endpoints. */
const pagesAtOnce = 4;

/** The index is eventually consistent; the release ends only after it has been empty for this long. */
const indexLag = seconds(60);

/**
 * Notifies the operators of disabled endpoints, and releases what enabled ones still hold: of each what it can take in a
 * minute, page by page in turns, so that none waits for the end of another.
 *
 * @returns how many were released
 */
export async function reconcileEndpoints(
  retention: Seconds,
  hasTime: () => boolean,
  ports: ReleasePorts,
): Promise<number> {
  const turn = turns(pagesAtOnce);
  const reconcileOne = async ({ tenant, id }: Pick<Endpoint, 'tenant' | 'id'>): Promise<number> => {
    try {
      const due = await turn(async () => (hasTime() ? endpointToReconcile(tenant, id, ports) : undefined));
      if (due === undefined) return 0;
      const atMost = releasePace(due.endpoint, due.limiter);
      return await reconcile(due.endpoint, retention, { hasTime, atMost, turn }, ports);
    } catch (error) {
      // An error skips this endpoint only.
      ports.telemetry.error('endpoint.reconcile-failed', { tenant, endpointId: id }, asError(error));
      return 0;
    }
  };
  const released = await Promise.all((await ports.endpoints.toReconcile()).map(reconcileOne));
  return released.reduce((sum, count) => sum + count, 0);
}

async function endpointToReconcile(tenant: TenantId, id: EndpointId, ports: ReleasePorts) {
  const endpoint = await ports.endpoints.read(tenant, id);
  if (endpoint?.attentionAt === undefined) return undefined;
  return { endpoint, limiter: await ports.limiter.read(endpointHash({ tenant, endpointId: id })) };
}

async function reconcile(
  endpoint: Endpoint,
  retention: Seconds,
  run: ReleaseRun,
  ports: ReleasePorts,
): Promise<number> {
  if (endpoint.status === 'enabled') return releaseAll(endpoint, retention, run, ports);
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
  run: ReleaseRun,
  ports: Omit<ReleasePorts, 'limiter'>,
): Promise<number> {
  const held = await releasePages(
    (limit) => ports.deliveries.heldOf(endpoint, limit),
    (id) => recheckOne(id, retention, ports),
    run,
  );
  const upTo = endpoint.attentionAt ?? ports.now();
  const rest = { ...run, atMost: run.atMost - held.released };
  const waiting = await releaseWaiting(endpoint, upTo, rest, ports);
  const released = held.released + waiting.released;
  if (held.isEmpty && waiting.isEmpty) {
    await endRelease(released > 0 ? { ...endpoint, heldEmptyAt: undefined } : endpoint, ports);
  } else if (endpoint.heldEmptyAt !== undefined) {
    await ports.endpoints.markHeldEmpty(endpoint, undefined);
  }
  return released;
}

/** @returns whether the delivery is no longer held */
async function recheckOne(id: DeliveryId, retention: Seconds, ports: HoldPorts): Promise<boolean> {
  const delivery = await ports.deliveries.read(id);
  return delivery?.status === 'held' && !(await recheckHeld(delivery, retention, ports));
}

async function endRelease(endpoint: Endpoint, ports: Omit<ReleasePorts, 'limiter'>): Promise<void> {
  const now = ports.now();
  const { heldEmptyAt } = endpoint;
  if (heldEmptyAt === undefined) await ports.endpoints.markHeldEmpty(endpoint, now);
  else if (later(heldEmptyAt, indexLag) <= now) await ports.endpoints.reconciled(endpoint);
}
