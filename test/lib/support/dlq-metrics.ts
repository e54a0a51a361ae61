import type { Series } from './metric-math.ts';

/** The changes of a dead-letter queue in five minutes. */
export interface DlqStep {
  /** Letters that SQS moves there: it does not count them as sent. */
  readonly moved: number;
  /** Letters that our code sends. */
  readonly sent: number;
  /** Letters that are redriven or dropped. */
  readonly removed: number;
  /** A person lists it, or views it in the console. */
  readonly isUsed: boolean;
}

/** In periods of five minutes: SQS measures a queue for six hours after it was used, and begins again 15 minutes late. */
const activeFor = 72;
const lateBy = 3;
/** As λ sweep reads it. */
const readEvery = 6;

/**
 * The metrics of a dead-letter queue that has just been made, in the reading of the guide that is worst for an alarm: letters in
 * it do not keep it active, nor does SQS itself when it moves some there.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
 */
export function dlqMetrics(
  steps: readonly DlqStep[],
  { isRead }: { readonly isRead: boolean },
): Readonly<Record<'visible' | 'hidden' | 'sent', Series>> {
  const visible: (number | undefined)[] = [];
  const sent: (number | undefined)[] = [];
  const measured = measuredPeriods(steps.map((step, at) => isUsed(step) || (isRead && at % readEvery === 0)));
  let letters = 0;
  for (const [at, step] of steps.entries()) {
    letters = Math.max(0, letters - step.removed) + step.moved + step.sent;
    visible.push(measured[at] ? letters : undefined);
    sent.push(measured[at] ? step.sent : undefined);
  }
  return { visible, sent, hidden: steps.map(() => undefined) };
}

const isUsed = (step: DlqStep): boolean => step.isUsed || step.sent + step.removed > 0;

function measuredPeriods(used: readonly boolean[]): boolean[] {
  let [usedAt, measuredFrom] = [0, 0];
  return used.map((isUsedNow, at) => {
    if (isUsedNow && at - usedAt > activeFor) measuredFrom = at + lateBy;
    if (isUsedNow) usedAt = at;
    return at - usedAt <= activeFor && at >= measuredFrom;
  });
}
