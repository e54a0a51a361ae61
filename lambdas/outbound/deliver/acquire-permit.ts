import { isFree } from '../../domain/limiter.ts';
import { millis } from '../../domain/time.ts';
import {
  type Acquisition,
  acquireSlot,
  type FreePermit,
  type LimiterPorts,
  placeFor,
  type SlotRequest,
} from './acquire-slot.ts';
import { type EndpointMemory, isQuick } from './endpoint-memory.ts';
import { knownLimiter } from './known-endpoint.ts';

/** A process sends at most this many requests at once to an endpoint that has not responded quickly. */
const unknownAtOnce = 2;
const maxWaits = 5;
/** In all. */
const longestWait = millis(1_000);

/**
 * Acquires the right to make one request, or says until when to wait for it.
 *
 * A healthy endpoint without limits needs no slot, so nothing is written. Any other endpoint is asked for a slot.
 */
export async function acquirePermit(request: SlotRequest, ports: LimiterPorts): Promise<Acquisition> {
  const memory = ports.memoryOf(request.limiterKey);
  await knownLimiter(request.limiterKey, memory, ports);
  const giveUpAt = ports.now() + longestWait;
  for (let waits = 0; isFreeNow(request, memory, ports); waits++) {
    if (memory.underWay < unknownAtOnce || isQuick(memory, ports.now())) return freePermit(request, memory);
    const left = giveUpAt - ports.now();
    if (waits >= maxWaits || left <= 0) return waitFor(request, memory, ports);
    const turn = new Promise<void>((wake) => memory.waiting.push(wake));
    await Promise.race([turn, ports.pause(millis(left))]);
    await knownLimiter(request.limiterKey, memory, ports);
  }
  const acquired = await acquireSlot(request, ports);
  return acquired.kind === 'free' ? freePermit(request, memory) : acquired;
}

const isFreeNow = ({ limits }: SlotRequest, { known }: EndpointMemory, { now }: LimiterPorts): boolean =>
  known !== undefined && isFree(known.state, limits, now());

/** The endpoint may hang: those that it gets already occupy enough of this process. */
async function waitFor(
  request: SlotRequest,
  { known }: EndpointMemory,
  ports: LimiterPorts,
): Promise<Acquisition> {
  const wait = { why: 'concurrency', until: ports.now() } as const;
  return { kind: 'wait', why: wait.why, until: await placeFor(request, wait, known?.state ?? {}, ports) };
}

function freePermit(
  { limiterKey, of, limits }: SlotRequest,
  memory: EndpointMemory,
): { readonly kind: 'acquired'; readonly permit: FreePermit } {
  memory.underWay++;
  return { kind: 'acquired', permit: { kind: 'free', limiterKey, of, limits } };
}
