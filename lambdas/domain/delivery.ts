import { type AttemptOutcome, describeOutcome } from './attempt-outcome.ts';
import type { FailureCause } from './delivery-failure.ts';
import type { OutboundSettings } from './outbound-settings.ts';
import { retryDelay } from './retry-schedule.ts';
import type { Seconds } from './time.ts';

/** What follows an attempt. */
export type NextStep =
  /** `status` is the 2xx that the endpoint answered. */
  | { readonly kind: 'delivered'; readonly status: number }
  | { readonly kind: 'retry'; readonly delay: Seconds }
  | { readonly kind: 'fail'; readonly cause: FailureCause; readonly reason: string };

/** The settings that decide about retries. */
export type RetryPolicy = Pick<OutboundSettings, 'retryDelays' | 'retryOtherStatuses'>;

/** Statuses that mean "not now": request timeout, too early, too many requests. */
const passingRefusals = new Set([408, 425, 429]);

/**
 * Decides what follows an attempt.
 *
 * Pure: the caller records the attempt and takes the step.
 *
 * @param attemptNumber the attempt of this round that just ended, counted from 1
 * @param random from 0 to 1
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#deliverability-and-reliability
 */
export function nextStep(
  outcome: AttemptOutcome,
  attemptNumber: number,
  policy: RetryPolicy,
  random: number,
): NextStep {
  if (outcome.kind === 'accepted') return { kind: 'delivered', status: outcome.status };
  const said = describeOutcome(outcome);
  const final = finalCause(outcome, policy);
  if (final !== undefined) return { kind: 'fail', cause: final, reason: said };
  const scheduled = policy.retryDelays[attemptNumber - 1];
  if (scheduled === undefined) {
    const reason = `exhausted after ${attemptNumber} attempts, the last ${said}`;
    return { kind: 'fail', cause: 'exhausted', reason };
  }
  const retryAfter = outcome.kind === 'refused' ? outcome.retryAfter : undefined;
  return { kind: 'retry', delay: retryDelay(scheduled, retryAfter, random) };
}

/** @returns why an outcome is not tried again; undefined when it is */
function finalCause(
  outcome: Exclude<AttemptOutcome, { kind: 'accepted' }>,
  { retryOtherStatuses }: RetryPolicy,
): FailureCause | undefined {
  switch (outcome.kind) {
    case 'gone':
      return 'gone';
    case 'refused': {
      const isRetried = outcome.status >= 500 || passingRefusals.has(outcome.status) || retryOtherStatuses;
      return isRetried ? undefined : 'refused';
    }
    case 'unreachable':
      return undefined;
    case 'blocked':
      return outcome.isLiteral ? 'blocked' : undefined;
  }
}
