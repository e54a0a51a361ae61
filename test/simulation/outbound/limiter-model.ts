import type { HealthNote, OpenedBy, Shown, Slot } from '../../../lambdas/domain/limiter-store.ts';
import type { Item } from '../../../testing/memory/dynamodb/values.ts';

/** What a limiter knows of the health of its endpoint. */
const known = [
  'failures',
  'probes',
  'openUntil',
  'openedAt',
  'provenAt',
  'slowAt',
  'slowLeft',
  'failingSince',
  'failedAt',
  'retryAfter',
] as const;
type Known = { readonly [Name in (typeof known)[number]]?: number };

export const knownOf = (item: Item | undefined): Known =>
  Object.fromEntries(known.flatMap((name) => (typeof item?.[name] === 'number' ? [[name, item[name]]] : [])));

const unopened = { openUntil: undefined, openedAt: undefined };
const healthy = { failures: 0, probes: 0, failingSince: undefined, failedAt: undefined, ...unopened };

const slowHealths: ReadonlySet<string> = new Set(['slow', 'hanging']);

/** An endpoint is slow from a slow request on, until twenty quick successes in a row. */
function slowness(was: Known, { health, isSlow, quick }: Shown, now: number): Known {
  const successes = quick ?? (health === 'up' ? 1 : 0);
  const before = (isSlow ?? slowHealths.has(health)) ? { slowAt: now, slowLeft: 20 } : was;
  const { slowAt, slowLeft = 0 } = before;
  if (successes === 0) return before;
  return slowLeft > successes
    ? { slowAt, slowLeft: slowLeft - successes }
    : { slowAt: undefined, slowLeft: undefined };
}

/** What the limiter has to know after a worker has given back its slot. */
export function knownAfterLeave(
  before: Known,
  slot: Pick<Slot, 'limits'> & Partial<Slot>,
  shown: Shown | undefined,
  now: number,
): Known {
  if (shown === undefined) return slot.held?.kind === 'probe' ? { ...before, openUntil: now } : before;
  const { health, after, failures = 1, endsHanging } = shown;
  const was = { ...knownAfterEarlier(before, after), ...slowness(before, shown, now) };
  const patience = slot.isByHand ? { retryAfter: undefined } : {};
  const provenAt = endsHanging ? undefined : now;
  switch (health) {
    case 'up':
    case 'slow':
      return { ...was, ...healthy, ...patience, provenAt };
    case 'hanging':
      return { ...was, provenAt: undefined };
    case 'refusing':
      return { ...was, failures: 0, probes: 0, ...unopened, provenAt, ...failed(was, slot, now) };
    case 'down':
      return {
        ...was,
        failures: (was.failures ?? 0) + failures,
        provenAt: undefined,
        ...failed(was, slot, now),
      };
  }
}

/** What was known when the last requests of those that ended together ended. */
function knownAfterEarlier(was: Known, after: Shown['after']): Known {
  switch (after) {
    case 'success':
      return { ...was, ...healthy };
    case 'refusal':
      return { ...was, failures: 0, probes: 0, ...unopened };
    case undefined:
      return was;
  }
}

/** A failure goes on from the one before it, unless there was none for as long as an endpoint may fail. */
function failed({ failedAt, failingSince }: Known, { limits }: Pick<Slot, 'limits'>, now: number) {
  const goesOn = failedAt === undefined || failedAt > now - limits.disableAfter * 1000;
  return { failedAt: now, failingSince: goesOn ? (failingSince ?? now) : now };
}

/** What the limiter has to know after a request without a slot. */
export const knownAfterNote = (
  was: Known,
  { health, took, failures, limits }: HealthNote,
  now: number,
): Known =>
  knownAfterLeave(
    was,
    { limits },
    { health, failures, isSlow: slowHealths.has(health) || (health === 'down' && Number(took ?? 0) > 1_000) },
    now,
  );

export const knownAfterReset = (was: Known): Known => ({
  ...was,
  ...healthy,
  provenAt: undefined,
  slowAt: undefined,
  slowLeft: undefined,
  retryAfter: undefined,
});

/** Each failed probe doubles the pause, from half a minute to a quarter of an hour. */
export function knownAfterOpen(was: Known, { probeUntil }: OpenedBy, now: number): Known {
  const probes = probeUntil === undefined ? 0 : (was.probes ?? 0) + 1;
  const pause = Math.min(30 * 2 ** probes, 900) * 1000;
  return { ...was, probes, openUntil: now + pause, openedAt: was.openedAt ?? now };
}

/** @returns the names of what differs; a count that is absent is 0 */
export const differences = (one: Known, other: Known): string[] =>
  known.filter((name) => {
    const isCount = name === 'failures' || name === 'probes';
    const [left, right] = [one[name], other[name]];
    return isCount ? (left ?? 0) !== (right ?? 0) : left !== right;
  });
