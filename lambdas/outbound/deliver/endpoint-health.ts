import type { AttemptOutcome } from '../../domain/attempt-outcome.ts';
import type { LimiterState } from '../../domain/limiter.ts';
import type { EndpointHealth, Shown } from '../../domain/limiter-store.ts';
import { isSlowIn, slowAfter } from '../../domain/request-deadline.ts';
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
  const seen = findings.filter(({ health }) => health !== 'hanging');
  const last = seen.at(-1) ?? findings.at(-1);
  if (last === undefined) return undefined;
  const slow = findings.findLastIndex(isSlowIn);
  const always = {
    health: last.health,
    took: millis(Math.round(findings.reduce((sum, one) => sum + one.took, 0) / findings.length)),
    isSlow: slow >= 0,
    quick: findings.slice(slow + 1).filter(({ health }) => health === 'up').length,
    endsHanging: findings.at(-1)?.health === 'hanging',
  };
  if (!isFailure(last)) return always;
  const success = seen.findLastIndex((one) => !isFailure(one));
  const after = success < 0 ? undefined : 'success';
  if (last.health === 'refusing') return { ...always, after };
  const refusal = seen.findLastIndex(({ health }) => health === 'refusing');
  const failures = seen.length - 1 - Math.max(success, refusal);
  return { ...always, failures, after: after ?? (refusal < 0 ? undefined : 'refusal') };
}

/** What an attempt says about its endpoint. */
export const findingOf = (outcome: AttemptOutcome, took: Millis): EndpointFinding => ({
  health: healthOf(outcome, took),
  took,
  retryAfter: retryAfterOf(outcome) ?? (isTooMany(outcome) ? shortestThrottle : undefined),
  isThrottled: isTooMany(outcome) && retryAfterOf(outcome) === undefined,
});

/** What a request says that was cut before its endpoint's own deadline. A probe is sent to find out, so it has failed. */
export const findingOfCut = (took: Millis, isProbe: boolean): EndpointFinding => ({
  health: isProbe ? 'down' : 'hanging',
  took,
  isThrottled: false,
});

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
