import { breakerPause, type LimiterState } from '../../domain/limiter.ts';
import type { OpenedBy } from '../../domain/limiter-store.ts';
import { later, type Seconds } from '../../domain/time.ts';
import type { LimiterPorts } from './acquire-slot.ts';
import { type EndpointFinding, throttlePause } from './endpoint-health.ts';

/** Stops all requests to an endpoint for a time. */
export const hold = (limiterKey: string, span: Seconds, { now, limiter }: LimiterPorts): Promise<void> =>
  limiter.hold(limiterKey, later(now(), span));

/** Each 429 without `Retry-After` lengthens the pause, for as long as no request succeeds. */
export async function holdForLonger(
  limiterKey: string,
  { isThrottled, retryAfter }: EndpointFinding,
  state: LimiterState,
  ports: LimiterPorts,
): Promise<void> {
  const span = throttlePause(state, ports.now());
  if (isThrottled && span > (retryAfter ?? 0)) await hold(limiterKey, span, ports);
}

/** Opens the breaker of an endpoint, for longer after each failed probe. */
export async function openBreaker(opened: OpenedBy, state: LimiterState, ports: LimiterPorts): Promise<void> {
  const until = later(ports.now(), breakerPause(opened.probeUntil === undefined ? 0 : state.probes + 1));
  await ports.limiter.open(opened, until, ports.now());
  ports.telemetry.warn('endpoint.down', { ...opened.of, failures: state.failures, until });
  ports.telemetry.count('BreakersOpened', {});
}
