import { asError } from '../../domain/errors.ts';
import type { LimiterPorts, Permit } from './acquire-slot.ts';
import { type EndpointFinding, isFailure } from './endpoint-health.ts';
import { endFree } from './free-request.ts';
import { endLeased, leaveSlot } from './leased-slots.ts';

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
  try {
    return await release(permit, finding, ports);
  } catch (error) {
    ports.telemetry.warn('limiter.release-failed', {
      ...endpointOf(permit),
      reason: asError(error).message,
    });
    return false;
  }
}

async function release(
  permit: Permit,
  finding: EndpointFinding | undefined,
  ports: LimiterPorts,
): Promise<boolean> {
  switch (permit.kind) {
    case 'free':
      return endFree(permit, finding, ports);
    case 'leased':
      return endLeased(permit, finding, ports);
    case 'slot': {
      const { slot } = permit;
      const findings = finding === undefined ? [] : [finding];
      const isTooLong = await leaveSlot(slot, findings, ports.memoryOf(slot.limiterKey), ports);
      return isTooLong && finding !== undefined && isFailure(finding);
    }
  }
}

function endpointOf(permit: Permit) {
  switch (permit.kind) {
    case 'free':
      return permit.of;
    case 'leased':
      return permit.slots.slot.of;
    case 'slot':
      return permit.slot.of;
  }
}
