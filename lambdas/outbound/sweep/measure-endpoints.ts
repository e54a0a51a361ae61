import { asError } from '../../domain/errors.ts';
import { days, unixMillis } from '../../domain/time.ts';
import type { OutboundPorts } from '../ports.ts';

export type GaugePorts = Pick<
  OutboundPorts<'EndpointsDown' | 'EndpointsKnown'>,
  'now' | 'gauges' | 'telemetry'
>;

/** An endpoint that was given up longer ago is its tenant's problem and does not point to a problem of ours. */
const downWithin = days(1);

/** Measures how many endpoints exist and how many are down. Emits both numbers or neither. */
export async function measureEndpoints(
  hasTime: () => boolean,
  { now, gauges, telemetry }: GaugePorts,
): Promise<void> {
  try {
    const since = unixMillis(now() - downWithin * 1000);
    const [down, known] = await Promise.all([gauges.down(since), gauges.known(hasTime)]);
    telemetry.count('EndpointsDown', {}, down);
    // Every endpoint that is down exists, so a count that is one off must not give a share over 100 %.
    telemetry.count('EndpointsKnown', {}, Math.max(known, down));
  } catch (error) {
    telemetry.error('endpoints.measure-failed', {}, asError(error));
  }
}
