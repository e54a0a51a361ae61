import type { AttemptOutcome } from '../../domain/attempt-outcome.ts';
import type { LimiterState } from '../../domain/limiter.ts';
import type { EndpointHealth, Shown } from '../../domain/limiter-store.ts';
import { maxRetryAfter } from '../../domain/retry-schedule.ts';
import { type Millis, millis, type Seconds, seconds, type UnixMillis } from '../../domain/time.ts';

/** What a request showed about its endpoint. */
export interface EndpointFinding {
  readonly health: EndpointHealth;
  /** The time to the response. */
  readonly took: Millis;
  /** How long the endpoint wants no requests. */
  readonly retryAfter?: Seconds;
  /** It answered 429 without saying for how long. */
  readonly isThrottled: boolean;
}

/** Whether the endpoint did not take the event. */
export const isFailure = ({ health }: EndpointFinding): boolean => health === 'down' || health === 'refusing';

/** What requests that ended together showed. @param findings in the order in which they ended @returns undefined for none */
export function shownBy(findings: readonly EndpointFinding[]): Shown | undefined {
  const last = findings.at(-1);
  if (last === undefined) return undefined;
  const { health } = last;
  const took = millis(Math.round(findings.reduce((sum, one) => sum + one.took, 0) / findings.length));
  const success = findings.findLastIndex((one) => !isFailure(one));
  const refusal = findings.findLastIndex((one) => one.health === 'refusing');
  if (health !== 'down')
    return { health, took, after: isFailure(last) && success >= 0 ? 'success' : undefined };
  const failures = findings.length - 1 - Math.max(success, refusal);
  if (success >= 0) return { health, took, failures, after: 'success' };
  return { health, took, failures, after: refusal >= 0 ? 'refusal' : undefined };
}

/** What an attempt says about its endpoint. */
export const findingOf = (outcome: AttemptOutcome, took: Millis): EndpointFinding => ({
  health: healthOf(outcome, took),
  took,
  retryAfter: retryAfterOf(outcome) ?? (isTooMany(outcome) ? shortestThrottle : undefined),
  isThrottled: isTooMany(outcome) && retryAfterOf(outcome) === undefined,
});

/** A request that takes longer than this keeps a worker waiting: without limits of its own, its endpoint needs slots from then on. */
export const slowAfter = millis(5_000);
/** A process sends as much as it has to an endpoint that responds within this. */
export const quickWithin = millis(1_000);

export function healthOf(outcome: AttemptOutcome, took: Millis): EndpointHealth {
  switch (outcome.kind) {
    case 'accepted':
      return took <= slowAfter ? 'up' : 'slow';
    case 'gone':
      return 'refusing';
    case 'refused':
      return outcome.status >= 500 ? 'down' : 'refusing';
    case 'unreachable':
    case 'blocked':
      return 'down';
  }
}

/** How long an endpoint asked us to wait by a 429 or 503 with `Retry-After`, at most six hours. */
export function retryAfterOf(outcome: AttemptOutcome): Seconds | undefined {
  if (outcome.kind !== 'refused' || (outcome.status !== 429 && outcome.status !== 503)) return undefined;
  const { retryAfter = 0 } = outcome;
  return retryAfter > 0 ? seconds(Math.min(retryAfter, maxRetryAfter)) : undefined;
}

const isTooMany = (outcome: AttemptOutcome): boolean => outcome.kind === 'refused' && outcome.status === 429;

const shortestThrottle = seconds(1);
const longestThrottle = seconds(60);

/** The pause after a 429 without `Retry-After`: as long as the endpoint has failed so far, so it doubles each time. */
export const throttlePause = ({ failingSince }: LimiterState, now: UnixMillis): Seconds =>
  seconds(
    Math.min(Math.max(Math.ceil((now - (failingSince ?? now)) / 1000), shortestThrottle), longestThrottle),
  );
