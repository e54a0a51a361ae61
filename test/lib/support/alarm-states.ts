import { isDeepStrictEqual } from 'node:util';
import type { SynthesisedAlarm } from './alarms.ts';
import { evaluate, type Filling, type Series, stateAfter } from './metric-math.ts';

export type { Series } from './metric-math.ts';

type State = 'OK' | 'ALARM';

/** One reading of what CloudWatch leaves open. */
interface Reading {
  readonly lookBack: number;
  readonly filling: Filling;
}

/** CloudWatch says that it looks further back than the periods of the alarm, and not how far. */
const lookBacks = [0, 3];
const fillings: readonly Filling[] = ['everything', 'gaps'];
export const readings: readonly Reading[] = lookBacks.flatMap((lookBack) =>
  fillings.map((filling) => ({ lookBack, filling })),
);

/**
 * The states of an alarm, period by period, as its metrics come in: under each reading of what CloudWatch leaves open.
 *
 * @throws Error where these readings differ: an alarm must not depend on them
 */
export function statesOf(alarm: SynthesisedAlarm, metrics: Readonly<Record<string, Series>>): State[] {
  const all = readings.map((reading) => statesUnder(reading, alarm, metrics));
  const [first = [], ...others] = all;
  const other = others.findIndex((states) => !isDeepStrictEqual(states, first));
  if (other < 0) return first;
  const text = (states: readonly State[] = []) =>
    states.map((state) => (state === 'OK' ? '-' : 'A')).join('');
  const readingText = JSON.stringify(readings[other + 1]);
  throw new Error(`${alarm.path}: ${text(first)}, but ${text(others[other])} under ${readingText}`);
}

/** The same under one reading. */
export function statesUnder(
  { lookBack, filling }: Reading,
  alarm: SynthesisedAlarm,
  metrics: Readonly<Record<string, Series>>,
): State[] {
  const length = Math.max(...Object.values(metrics).map((series) => series.length));
  const states: State[] = [];
  for (let now = 1; now <= length; now++) {
    const from = now - alarm.periods - lookBack;
    const seen = Object.entries(metrics).map(([id, series]) => [id, windowOf(series, from, now)] as const);
    const values = evaluate(alarm.expression ?? '', Object.fromEntries(seen), filling);
    states.push(stateAfter(states.at(-1) ?? 'OK', values, alarm));
  }
  return states;
}

/** Before the first period there was nothing. */
const windowOf = (series: Series, from: number, to: number): Series =>
  Array.from({ length: to - from }, (_, at) => series[from + at]);
