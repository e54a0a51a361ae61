import type { EndpointHealth, HealthNote, OpenedBy, Slot } from '../../../lambdas/domain/limiter-store.ts';
import type { Item } from '../../support/dynamodb/values.ts';

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

const slow = (now: number) => ({ slowAt: now, slowLeft: 20 });

/** An endpoint that was slow is quick again after twenty quick successes in a row. */
const afterQuick = ({ slowAt, slowLeft = 1 }: Known): Known =>
  slowLeft > 1 ? { slowAt, slowLeft: slowLeft - 1 } : { slowAt: undefined, slowLeft: undefined };

/** What the limiter has to know after a worker has given back its slot. */
export function knownAfterLeave(
  was: Known,
  slot: Pick<Slot, 'isByHand' | 'isProbe' | 'limits'>,
  { health, took = 0 }: { readonly health: EndpointHealth | undefined; readonly took?: number },
  now: number,
  failures = 1,
): Known {
  const patience = slot.isByHand ? { retryAfter: undefined } : {};
  switch (health) {
    case 'up':
      return { ...was, ...healthy, ...patience, provenAt: now, ...afterQuick(was) };
    case 'slow':
      return { ...was, ...healthy, ...patience, provenAt: now, ...slow(now) };
    case 'hanging':
      return { ...was, provenAt: undefined, ...slow(now) };
    case 'refusing':
      return { ...was, failures: 0, probes: 0, ...unopened, provenAt: now, ...failed(was, slot, now) };
    case 'down':
      return {
        ...was,
        failures: (was.failures ?? 0) + failures,
        provenAt: undefined,
        ...(took > 1_000 && slow(now)),
        ...failed(was, slot, now),
      };
    case undefined:
      return slot.isProbe ? { ...was, openUntil: now } : was;
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
  knownAfterLeave(was, { isByHand: false, isProbe: false, limits }, { health, took }, now, failures);

export const knownAfterReset = (was: Known): Known => ({
  ...was,
  ...healthy,
  provenAt: undefined,
  slowAt: undefined,
  slowLeft: undefined,
  retryAfter: undefined,
});

/** Each failed probe doubles the pause, from half a minute to a quarter of an hour. */
export function knownAfterOpen(was: Known, { isProbe }: OpenedBy, now: number): Known {
  const probes = isProbe ? (was.probes ?? 0) + 1 : 0;
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
