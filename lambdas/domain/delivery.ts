import { type AttemptOutcome, describeOutcome } from './attempt-outcome.ts';
import type { OutboundSettings } from './outbound-settings.ts';
import { retryDelay } from './retry-schedule.ts';
import type { Seconds } from './time.ts';

/** What follows an attempt. */
export type NextStep =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly delay: Seconds }
  | { readonly kind: 'fail'; readonly reason: string };

/** The part of the settings that decides. */
export type RetryPolicy = Pick<OutboundSettings, 'retryDelays' | 'retryOtherStatuses'>;

/** Answers that say "not now": a slow request, too early, too many. */
const passingRefusals = new Set([408, 425, 429]);

/**
 * Decides what follows an attempt.
 *
 * Pure: the caller records the attempt and carries the step out.
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
  if (outcome.kind === 'accepted') return { kind: 'delivered' };
  const said = describeOutcome(outcome);
  if (!isWorthRetrying(outcome, policy)) return { kind: 'fail', reason: said };
  const scheduled = policy.retryDelays[attemptNumber - 1];
  if (scheduled === undefined) {
    return { kind: 'fail', reason: `exhausted after ${attemptNumber} attempts, the last ${said}` };
  }
  const retryAfter = outcome.kind === 'refused' ? outcome.retryAfter : undefined;
  return { kind: 'retry', delay: retryDelay(scheduled, retryAfter, random) };
}

function isWorthRetrying(outcome: AttemptOutcome, policy: RetryPolicy): boolean {
  switch (outcome.kind) {
    case 'accepted':
    case 'gone':
      return false;
    case 'refused':
      return outcome.status >= 500 || passingRefusals.has(outcome.status) || policy.retryOtherStatuses;
    case 'unreachable':
      return true;
    case 'blocked':
      return !outcome.isLiteral;
  }
}
