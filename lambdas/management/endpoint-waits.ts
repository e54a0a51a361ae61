import type * as v from 'valibot';
import { endpointHash } from '../domain/delivery-task.ts';
import type { Endpoint } from '../domain/endpoint.ts';
import { endpointWait } from '../domain/endpoint-wait.ts';
import type { OutboundPorts } from '../outbound/ports.ts';
import { turns } from '../outbound/sweep/turns.ts';
import type { ManagementPorts } from './ports.ts';
import type { EndpointView } from './schemas.ts';
import { breakerView, endpointView, waitCountView, waitingView } from './views.ts';

export type ShownWaitPorts = Pick<OutboundPorts, 'now' | 'deliveries' | 'limiter'> &
  Pick<ManagementPorts, 'maxConcurrent'>;

type View = v.InferOutput<typeof EndpointView>;

/** Keys read per partition of an index: an endpoint has four or five in each, so all of them cost less than a tenth of a cent. */
const countedAtMost = 1_000;
/** Of each endpoint in a list. */
const listedAtMost = 100;
/** Endpoints of a list that are looked at together. */
const endpointsAtOnce = 25;

const nothing = { count: 0, isExact: true };

/** An endpoint with its breaker, how many of its deliveries wait, since when and why. */
export async function withWaits(
  endpoint: Endpoint,
  ports: ShownWaitPorts,
  atMost = countedAtMost,
): Promise<View> {
  const { tenant, id: endpointId, maxConcurrent, maxPerSecond: perSecond } = endpoint;
  // An enabled endpoint has held deliveries only until all of them are released.
  const mayHold =
    endpoint.status === 'disabled' || endpoint.attentionAt !== undefined || atMost > listedAtMost;
  const [limiterState, waiting, held] = await Promise.all([
    ports.limiter.read(endpointHash({ tenant, endpointId })),
    ports.deliveries.countWaiting(endpoint, atMost),
    mayHold ? ports.deliveries.countHeld(endpoint, atMost) : nothing,
  ]);
  const now = ports.now();
  const limits = { concurrent: maxConcurrent ?? ports.maxConcurrent, perSecond };
  return {
    ...endpointView(endpoint),
    breaker: breakerView(limiterState, waiting, now),
    waiting: waitingView(waiting, endpointWait(limiterState, limits, now)),
    held: waitCountView(held),
  };
}

/** The endpoints of a page, each with its breaker and what waits for it: five small reads for one that nothing waits for. */
export function allWithWaits(endpoints: readonly Endpoint[], ports: ShownWaitPorts): Promise<View[]> {
  const turn = turns(endpointsAtOnce);
  return Promise.all(endpoints.map((endpoint) => turn(() => withWaits(endpoint, ports, listedAtMost))));
}
