import { asError } from '../../domain/errors.ts';
import { hasFailedTooLong, isClean, type LimiterState, opensBreaker } from '../../domain/limiter.ts';
import { quickWithin, slowAfter } from '../../domain/request-deadline.ts';
import { later, type Millis, seconds, unixMillis } from '../../domain/time.ts';
import type { OutboundPorts } from '../ports.ts';
import type { FreePermit, LimiterPorts, Permit } from './acquire-slot.ts';
import { type EndpointFinding, isFailure } from './endpoint-health.ts';
import { countRecent, type EndpointMemory, endRequest, learn, mostlyFails } from './endpoint-memory.ts';
import { holdForLonger, openBreaker } from './hold-endpoint.ts';

/** Ends a request without a slot. Writes nothing after a success, unless the process knows of a failure. */
export async function endFree(
  permit: FreePermit,
  finding: EndpointFinding | undefined,
  ports: LimiterPorts,
): Promise<boolean> {
  const memory = ports.memoryOf(permit.limiterKey);
  if (finding !== undefined) remember(memory, finding, ports);
  endRequest(memory);
  if (finding === undefined) return false;
  if (finding.health === 'hanging') {
    await noteHanging(permit, ports);
    return false;
  }
  if (!isFailure(finding)) {
    await noteSuccess(permit, memory, finding, ports);
    return false;
  }
  const state = await noteFailures(permit, memory, finding, ports);
  if (finding.retryAfter !== undefined) await holdOnce(permit, memory, finding, ports);
  if (state === undefined) return false;
  await holdForLonger(permit.limiterKey, finding, state, ports);
  if (opensBreaker(state, permit.limits, false) && mostlyFails(memory))
    await openBreaker(permit, state, ports);
  return hasFailedTooLong(state, permit.limits);
}

function remember(memory: EndpointMemory, finding: EndpointFinding, { now }: LimiterPorts): void {
  countRecent(memory, finding.health === 'down', now());
  if (finding.health === 'down') memory.failures++;
  else if (finding.health !== 'hanging') memory.failures = 0;
  memory.quickAt = finding.took <= quickWithin && finding.health !== 'down' ? now() : undefined;
}

/** A process notes at most one failure a second, and as many as open a breaker. In ms. */
const betweenNotes = 1_000;

/** Clears what the process knows against the endpoint, or notes that it is slow. Each finds the next request informed. */
async function noteSuccess(
  { limiterKey, limits }: FreePermit,
  memory: EndpointMemory,
  { health }: EndpointFinding,
  ports: LimiterPorts,
): Promise<void> {
  const now = ports.now();
  const { state } = memory.known ?? {};
  // A success does not end Retry-After.
  const isNotedSlow = health === 'slow' && now - (state?.slowAt ?? 0) < betweenNotes;
  const known = state && { ...state, retryAfter: undefined, ...(isNotedSlow && { slowAt: undefined }) };
  const isNoted = (health === 'up' || isNotedSlow) && (known === undefined || isClean(known, now));
  if (isNoted) return;
  // Of those that end at the same time, one writes.
  if (state !== undefined)
    memory.known = { at: now, state: { ...state, ...cleared, slowAt: slowAtOf(health, now) } };
  try {
    learn(memory, await ports.limiter.note(limiterKey, { health, failures: 0, limits }, now), now);
  } catch (error) {
    memory.known = undefined;
    throw error;
  }
}

const cleared = { failures: 0, failingSince: undefined, failedAt: undefined, openUntil: undefined };
const slowAtOf = (health: EndpointFinding['health'], now: number) =>
  health === 'slow' ? unixMillis(now) : undefined;

/** Notes the failures in a row that are not noted yet. @returns undefined when another request notes them, or it is too soon */
async function noteFailures(
  { limiterKey, limits }: FreePermit,
  memory: EndpointMemory,
  { health, took }: EndpointFinding,
  ports: LimiterPorts,
): Promise<LimiterState | undefined> {
  const isSoon = ports.now() - (memory.notedAt ?? 0) < betweenNotes;
  // While a failure is known, each of those that were under way then counts; they are few.
  const isKnown = memory.known !== undefined && !isClean(memory.known.state, ports.now());
  if (memory.isNoting || (isSoon && !isKnown && memory.failures < limits.breakAfter)) return undefined;
  memory.isNoting = true;
  try {
    let state: LimiterState;
    do {
      const at = ports.now();
      const { failures } = memory;
      memory.failures = 0;
      memory.notedAt = at;
      const seen = failures > 0 ? 'down' : health;
      state = await ports.limiter.note(limiterKey, { health: seen, took, failures, limits }, at);
      learn(memory, state, at);
      // Failures that came meanwhile are noted together.
    } while (memory.failures > 0);
    return state;
  } finally {
    memory.isNoting = false;
  }
}

/** Requests that end at the same time hold the endpoint by one write. */
async function holdOnce(
  { limiterKey }: FreePermit,
  memory: EndpointMemory,
  { retryAfter }: EndpointFinding,
  ports: LimiterPorts,
): Promise<void> {
  const until = later(ports.now(), retryAfter ?? seconds(0));
  const { known } = memory;
  if (known === undefined || until - (known.state.retryAfter ?? 0) < betweenNotes) return;
  memory.known = { at: known.at, state: { ...known.state, retryAfter: until } };
  await ports.limiter.hold(limiterKey, until);
}

/**
 * Tells the other workers of a request that takes long, before it is over. One that is cut by then tells them itself.
 *
 * @returns ends the watch
 */
export function watchRequest(
  permit: Permit,
  deadline: Millis,
  ports: LimiterPorts & Pick<OutboundPorts, 'after'>,
): () => void {
  if (permit.kind !== 'free' || deadline <= slowAfter) return () => undefined;
  return ports.after(slowAfter, () => void noteUnlessItFails(permit, ports));
}

async function noteUnlessItFails(permit: FreePermit, ports: LimiterPorts): Promise<void> {
  try {
    await noteHanging(permit, ports);
  } catch (error) {
    ports.telemetry.warn('limiter.release-failed', { ...permit.of, reason: asError(error).message });
  }
}

async function noteHanging({ limiterKey, limits }: FreePermit, ports: LimiterPorts): Promise<void> {
  const memory = ports.memoryOf(limiterKey);
  const now = ports.now();
  if (now - (memory.known?.state.slowAt ?? 0) < betweenNotes) return;
  learn(memory, await ports.limiter.note(limiterKey, { health: 'hanging', failures: 0, limits }, now), now);
}
