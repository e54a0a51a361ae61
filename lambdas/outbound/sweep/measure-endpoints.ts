import { asError } from '../../domain/errors.ts';
import { days, type UnixMillis, unixMillis } from '../../domain/time.ts';
import type { OutboundTelemetry } from '../telemetry.ts';

/** What measuring needs of the outside world. */
export interface GaugePorts {
  now(): UnixMillis;
  readonly gauges: {
    /** Registered endpoints. */
    known(hasTime: () => boolean): Promise<number>;
    /** Those whose breaker opened, or was probed, after `since`, or which we disabled after it. */
    down(since: UnixMillis): Promise<number>;
  };
  readonly telemetry: OutboundTelemetry<'EndpointsDown' | 'EndpointsKnown'>;
}

/** An endpoint that was given up longer ago is its tenant's affair, and no sign of trouble of ours. */
const downWithin = days(1);

/** Measures how many endpoints there are and how many are down; without both there is neither. */
export async function measureEndpoints(
  hasTime: () => boolean,
  { now, gauges, telemetry }: GaugePorts,
): Promise<void> {
  try {
    const since = unixMillis(now() - downWithin * 1000);
    const [down, known] = await Promise.all([gauges.down(since), gauges.known(hasTime)]);
    telemetry.count('EndpointsDown', {}, down);
    // What is down is there: a count that is one off makes no share over one.
    telemetry.count('EndpointsKnown', {}, Math.max(known, down));
  } catch (error) {
    telemetry.error('endpoints.measure-failed', {}, asError(error));
  }
}
