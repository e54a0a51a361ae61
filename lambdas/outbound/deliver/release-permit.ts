import { asError } from '../../domain/errors.ts';
import { hasFailedTooLong, opensBreaker } from '../../domain/limiter.ts';
import type { Slot } from '../../domain/limiter-store.ts';
import type { LimiterPorts, Permit } from './acquire-slot.ts';
import { type EndpointFinding, isFailure } from './endpoint-health.ts';
import { learn } from './endpoint-memory.ts';
import { endFree } from './free-request.ts';
import { hold, holdForLonger, openBreaker } from './hold-endpoint.ts';

/**
 * Gives a permit back and records what the request showed. Never throws: a slot that is not released frees itself later.
 *
 * @param finding undefined when no request was made
 * @returns whether the endpoint has failed for too long without one success
 */
export async function releasePermit(
  permit: Permit,
  finding: EndpointFinding | undefined,
  ports: LimiterPorts,
): Promise<boolean> {
  const { of } = permit.kind === 'slot' ? permit.slot : permit;
  try {
    return await (permit.kind === 'slot'
      ? releaseSlot(permit.slot, finding, ports)
      : endFree(permit, finding, ports));
  } catch (error) {
    ports.telemetry.warn('limiter.release-failed', { ...of, reason: asError(error).message });
    return false;
  }
}

async function releaseSlot(
  slot: Slot,
  finding: EndpointFinding | undefined,
  ports: LimiterPorts,
): Promise<boolean> {
  const { limiterKey } = slot;
  // Comes first, so that the worker that takes the freed slot sees it.
  if (finding?.retryAfter !== undefined) await hold(limiterKey, finding.retryAfter, ports);
  const at = ports.now();
  const state = await ports.limiter.leave(slot, finding?.health, at, finding?.took);
  learn(ports.memoryOf(limiterKey), state, at);
  if (finding === undefined) return false;
  await holdForLonger(limiterKey, finding, state, ports);
  if (finding.health === 'down' && opensBreaker(state, slot.limits, slot.isProbe))
    await openBreaker(slot, state, ports);
  return isFailure(finding) && hasFailedTooLong(state, slot.limits);
}
