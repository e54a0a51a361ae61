import {
  type EndpointLimits,
  type LimiterState,
  type LimiterWait,
  spreadOf,
  waitsForEndpoint,
} from '../../domain/limiter.ts';
import type { LimitedEndpoint, Slot } from '../../domain/limiter-store.ts';
import { type Millis, millis, type UnixMillis, unixMillis } from '../../domain/time.ts';
import type { OutboundPorts } from '../ports.ts';
import { askForAll } from './ask-for-slots.ts';
import type { EndpointMemory } from './endpoint-memory.ts';
import type { LeasedPermit } from './leased-slots.ts';

export type LimiterPorts = Pick<
  OutboundPorts<'BreakersOpened'>,
  'now' | 'random' | 'pause' | 'endpoints' | 'limiter' | 'memoryOf' | 'telemetry'
>;

/** The right to make one request to an endpoint without limits that is well. */
export interface FreePermit {
  readonly kind: 'free';
  readonly limiterKey: string;
  readonly of: LimitedEndpoint;
  readonly limits: EndpointLimits;
}

/** The right to make one request. `slot`: a probe, or by hand. */
export type Permit = FreePermit | LeasedPermit | { readonly kind: 'slot'; readonly slot: Slot };

/** The result of asking for a permit. */
export type Acquisition =
  | { readonly kind: 'acquired'; readonly permit: Permit }
  | { readonly kind: 'wait'; readonly why: LimiterWait['why']; readonly until: UnixMillis };

/** A request for a slot of an endpoint. */
export interface SlotRequest {
  readonly limiterKey: string;
  readonly of: LimitedEndpoint;
  /** The tasks of a batch ask together. */
  readonly batch: object;
  readonly limits: EndpointLimits;
  /** How long a slot stays taken if its worker dies. */
  readonly holdFor: Millis;
  /** A person asked for the attempt: it goes at once, even if the breaker is open, but one at a time. */
  readonly isByHand: boolean;
}

/** A task that waits for a slot. */
export interface Asker {
  readonly request: SlotRequest;
  resolve(answer: SlotAnswer): void;
  reject(error: unknown): void;
}

/** The tasks of a batch that wait for a slot of one endpoint. */
export interface Askers {
  readonly memory: EndpointMemory;
  readonly asking: Asker[];
  /** Whether one of them asks for all. */
  isAsking: boolean;
  /** Called when all of them have a slot. */
  served: () => void;
}

/** `free`: the endpoint has got well meanwhile, and needs no slot. */
type SlotAnswer =
  | { readonly kind: 'free' }
  /** `at`: its place under a rate. */
  | { readonly kind: 'acquired'; readonly permit: Permit; readonly at: UnixMillis }
  /** `until`: undefined when it has none yet. */
  | { readonly kind: 'wait'; readonly wait: LimiterWait; readonly until?: UnixMillis };

/** Tasks that wait for a probe come back within this time after it, not all at once. In ms. */
const afterProbe = 10_000;

/**
 * Acquires a slot of an endpoint, or says until when to wait for one.
 *
 * All tasks of a batch that need one at the same time ask by one write.
 */
export async function acquireSlot(
  request: SlotRequest,
  ports: LimiterPorts,
): Promise<Acquisition | { readonly kind: 'free' }> {
  const askers = askersOf(ports.memoryOf(request.limiterKey), request.batch);
  const asked = new Promise<SlotAnswer>((resolve, reject) => {
    askers.asking.push({ request, resolve, reject });
  });
  if (!askers.isAsking) void askForAll(askers, request, ports);
  const answer = await asked;
  switch (answer.kind) {
    case 'free':
      return answer;
    case 'acquired': {
      const wait = Math.ceil(answer.at - ports.now());
      if (wait > 0) await ports.pause(millis(wait));
      return answer;
    }
    case 'wait': {
      const { wait, until } = answer;
      if (request.isByHand && waitsForEndpoint(wait)) return acquireByHand(request, ports);
      return { kind: 'wait', why: wait.why, until: until ?? (await placeFor(request, wait, {}, ports)) };
    }
  }
}

function askersOf(memory: EndpointMemory, batch: object): Askers {
  const known = memory.askers.get(batch);
  if (known !== undefined) return known;
  const askers = { memory, asking: [], isAsking: false, served: () => undefined };
  memory.askers.set(batch, askers);
  return askers;
}

/** Takes the slot for requests by hand, which ignores the breaker and `Retry-After`. */
async function acquireByHand(
  { limiterKey, of, limits, holdFor }: SlotRequest,
  ports: LimiterPorts,
): Promise<Acquisition> {
  const now = ports.now();
  const held = await ports.limiter.takeByHand(limiterKey, now, unixMillis(now + holdFor));
  if (held === undefined)
    return { kind: 'wait', why: 'concurrency', until: await nextByHandAt({ limiterKey }, now, ports) };
  return {
    kind: 'acquired',
    permit: { kind: 'slot', slot: { limiterKey, of, limits, held, isByHand: true } },
  };
}

/** When a request by hand comes back. Requests by hand queue among themselves, not behind the tasks that wait. */
const nextByHandAt = (
  { limiterKey }: Pick<SlotRequest, 'limiterKey'>,
  now: UnixMillis,
  { limiter }: LimiterPorts,
): Promise<UnixMillis> => limiter.reserve(`${limiterKey}/hand`, betweenByHand, now);

const betweenByHand = millis(1_000);

/** When a waiting task comes back. Each task gets its own time. */
export async function placeFor(
  request: SlotRequest,
  wait: LimiterWait,
  state: Pick<LimiterState, 'answerMs'>,
  ports: LimiterPorts,
): Promise<UnixMillis> {
  if (wait.why === 'breaker') return unixMillis(wait.until + Math.floor(ports.random() * afterProbe));
  const now = ports.now();
  const reserved = request.isByHand
    ? await nextByHandAt(request, now, ports)
    : await ports.limiter.reserve(request.limiterKey, spreadOf(wait, request.limits, state), now);
  return unixMillis(wait.until + reserved - now);
}
