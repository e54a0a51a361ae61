import { asError } from '../../domain/errors.ts';
import { days, unixMillis } from '../../domain/time.ts';
import type { OutboundPorts } from '../ports.ts';

export type GaugePorts = Pick<
  OutboundPorts<'EndpointsDown' | 'EndpointsKnown'>,
  'now' | 'gauges' | 'telemetry'
>;

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
