import { quickAgainAfter } from '../../../domain/limiter.ts';
import type { Shown, Slot } from '../../../domain/limiter-store.ts';
import { isSlowIn } from '../../../domain/request-deadline.ts';
import { toMillis, type UnixMillis, unixMillis } from '../../../domain/time.ts';
import type { ConditionalUpdate } from '../conditional-update.ts';
import { attention } from '../endpoints/item.ts';

/** A conditional update of a limiter's item. */
export type LimiterUpdate = Omit<ConditionalUpdate, 'id' | 'tenant'>;

const closed = { openUntil: undefined, openedAt: undefined, ...attention(undefined) };
const quick = { slowAt: undefined, slowLeft: undefined };
const notFailing = { failingSince: undefined, failedAt: undefined };
const answered = { failures: 0, probes: 0, ...closed };

/** The health of an endpoint of which nothing is known. */
export const forgotten = {
  ...answered,
  ...notFailing,
  provenAt: undefined,
  ...quick,
  retryAfter: undefined,
};

export const both = (...conditions: readonly string[]): string | undefined =>
  conditions.length === 0 ? undefined : conditions.join(' AND ');

/** What requests showed, as changes of the item, and their conditions. */
type Learnt = Pick<LimiterUpdate, 'set' | 'assign' | 'values'> & { readonly conditions: readonly string[] };

/** The item after what requests showed: at most one of the updates succeeds. */
export function learntFrom(
  slot: Pick<Slot, 'limits'> & Partial<Pick<Slot, 'held' | 'isByHand'>>,
  shown: Shown | undefined,
  now: UnixMillis,
): readonly Learnt[] {
  // A probe that sent no request lets the next one probe at once.
  if (shown === undefined)
    return [{ set: slot.held?.kind === 'probe' ? { openUntil: now } : {}, conditions: [], values: {} }];
  return healthAfter(slot, shown, now).flatMap((learnt) => withSlowness(learnt, shown, now));
}

function healthAfter(
  { limits, isByHand }: Pick<Slot, 'limits' | 'isByHand'>,
  shown: Shown,
  now: UnixMillis,
): readonly Learnt[] {
  const { health, failures = 1, after, endsHanging } = shown;
  const provenAt = endsHanging ? undefined : now;
  switch (health) {
    case 'up':
    case 'slow': {
      // A successful manual send ends the endpoint's Retry-After.
      const welcome = isByHand ? { retryAfter: undefined } : {};
      const set = { ...answered, ...notFailing, ...welcome, provenAt };
      return [{ set, conditions: [], values: {} }];
    }
    case 'hanging':
      return [{ set: { provenAt: undefined }, conditions: [], values: {} }];
    case 'refusing':
      return failed({ ...answered, provenAt }, shown, limits, now);
    case 'down': {
      const unproven = { provenAt: undefined };
      if (after !== undefined) return failed({ ...answered, failures, ...unproven }, shown, limits, now);
      return failed(unproven, shown, limits, now).map(({ assign = [], values, ...rest }) => ({
        ...rest,
        assign: [...assign, '#failures = if_not_exists(#failures, :zero) + :failed'],
        values: { ...values, zero: 0, failed: failures },
      }));
    }
  }
}

/** Notes a slow request, or counts quick successes of an endpoint that was slow, which end that when they are enough. */
function withSlowness(learnt: Learnt, shown: Shown, now: UnixMillis): readonly Learnt[] {
  const { health, isSlow = isSlowIn(shown), quick: successes = health === 'up' ? 1 : 0 } = shown;
  const { set, assign = [], conditions, values } = learnt;
  const slowLeft = quickAgainAfter - successes;
  if (isSlow) return [{ ...learnt, set: { ...set, ...(slowLeft > 0 ? { slowAt: now, slowLeft } : quick) } }];
  if (successes === 0) return [learnt];
  const counted = { ...values, quick: successes };
  return [
    {
      assign,
      set: { ...set, ...quick },
      conditions: [...conditions, '(attribute_not_exists(#slowLeft) OR #slowLeft <= :quick)'],
      values: counted,
    },
    {
      set,
      assign: [...assign, '#slowLeft = #slowLeft - :quick'],
      conditions: [...conditions, '#slowLeft > :quick'],
      values: counted,
    },
  ];
}

/** Counts one more failure in a row, or the first after a success or a pause without requests. */
function failed(
  set: Readonly<Record<string, unknown>>,
  { after }: Pick<Shown, 'after'>,
  { disableAfter }: Slot['limits'],
  now: UnixMillis,
): readonly Learnt[] {
  const values = { now, paused: unixMillis(now - toMillis(disableAfter)) };
  const goesOn = '(attribute_not_exists(#failedAt) OR #failedAt > :paused)';
  const since = '#failingSince = if_not_exists(#failingSince, :now)';
  const restarted = { ...set, failedAt: now, failingSince: now };
  if (after === 'success') return [{ set: restarted, conditions: [], values: {} }];
  return [
    { set: { ...set, failedAt: now }, assign: [since], conditions: [goesOn], values },
    { set: restarted, conditions: ['#failedAt <= :paused'], values: { paused: values.paused } },
  ];
}
