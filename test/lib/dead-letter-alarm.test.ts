import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readings, type Series, statesUnder } from './support/alarm-states.ts';
import { alarmsOf, type SynthesisedAlarm } from './support/alarms.ts';
import { type DlqStep, dlqMetrics } from './support/dlq-metrics.ts';
import { synth } from './support/synth.ts';

function dlqAlarm(): SynthesisedAlarm {
  const all = alarmsOf(synth({ sources: { stripe: { provider: 'stripe' } } }));
  const found = all.find(({ path }) => path === 'Source-stripe/Work/DlqAlarm');
  if (found === undefined) throw new Error('no DlqAlarm');
  return found;
}
const alarm = dlqAlarm();

const ringsAt = (states: readonly string[]): number[] =>
  states.flatMap((state, at) => (state === 'ALARM' && states[at - 1] !== 'ALARM' ? [at] : []));

/** The times at which it rings, the same for each reading of what CloudWatch leaves open. */
function rings(visible: Series, hidden: Series = [], sent: Series = []): number[] {
  const metrics = {
    visible,
    hidden: visible.map((_, at) => hidden[at]),
    sent: visible.map((value, at) => value && (sent[at] ?? 0)),
  };
  const [first = [], ...others] = readings.map((reading) => ringsAt(statesUnder(reading, alarm, metrics)));
  for (const other of others) expect(other).toEqual(first);
  return first;
}

describe('DlqAlarm', () => {
  test('DlqAlarm rings once for letters that SQS moves, and again for new ones while the first are still there', () => {
    expect(rings([0, 0, 1, 1, 1, 1, 1, 4, 4, 4])).toEqual([2, 7]);
  });

  test('DlqAlarm rings at once for a letter of our own in a queue that was not measured', () => {
    expect(rings([undefined, undefined, 1, 1], [], [undefined, undefined, 1, 0])).toEqual([2]);
  });

  test('DlqAlarm is silent when old letters are measured again', () => {
    expect(rings([5, 5, undefined, undefined, undefined, undefined, undefined, 5, 5])).toEqual([]);
  });

  test('DlqAlarm rings for a letter of our own even while more are redriven', () => {
    expect(rings([9, 9, 4, 0], [0, 0, 0, 0], [0, 0, 1, 0])).toEqual([2]);
  });

  test('DlqAlarm is silent when letters are listed, redriven, dropped, or just stay there', () => {
    const queue = fc.integer({ min: 0, max: 500 }).chain((letters) =>
      fc
        .array(
          fc.record({
            hidden: fc.double({ min: 0, max: 1, noNaN: true }),
            gone: fc.integer({ min: 0, max: 40 }),
          }),
          {
            minLength: 1,
            maxLength: 30,
          },
        )
        .map((steps) => ({ letters, steps })),
    );
    fc.assert(
      fc.property(queue, ({ letters, steps }) => {
        let left = letters;
        const [visible, hidden] = [[letters], [0]];
        for (const step of steps) {
          left = Math.max(0, left - step.gone);
          // Averages of a period: letters were hidden for a part of it.
          hidden.push(left * step.hidden);
          visible.push(left - left * step.hidden);
        }
        // It was there before.
        expect(rings([letters, ...visible], [0, ...hidden])).toEqual([]);
      }),
    );
  });
});

/** Rare events of five minutes each, with days between them. */
const story = fc
  .array(
    fc.record({
      quiet: fc.integer({ min: 0, max: 150 }),
      moved: fc.constantFrom(0, 0, 1, 3),
      sent: fc.constantFrom(0, 0, 1, 2),
      removed: fc.constantFrom(0, 0, 1, 50),
      isUsed: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .map((events) =>
    events.flatMap(({ quiet, ...step }): DlqStep[] => [
      ...Array.from({ length: quiet + 1 }, () => ({ moved: 0, sent: 0, removed: 0, isUsed: false })),
      step,
    ]),
  );
const arrives = (step: DlqStep | undefined): boolean => step !== undefined && step.moved + step.sent > 0;

/** A letter that is redriven in the five minutes in which another arrives hides it. */
const isClear = ({ moved, sent, removed }: DlqStep): boolean => moved + sent === 0 || removed === 0;

/** The letters of a story and the states of the alarm, under each reading. */
function* seen(steps: readonly DlqStep[], isRead: boolean) {
  const metrics = dlqMetrics(steps, { isRead });
  for (const reading of readings) {
    for (const [at, state] of statesUnder(reading, alarm, metrics).entries()) {
      yield { at, state, why: `${JSON.stringify(reading)} at ${at}` };
    }
  }
}

describe('DlqAlarm of a queue that is used once in days', () => {
  test('DlqAlarm of a rarely used queue rings for each new letter, and for no other, while the sweep reads the queue', () => {
    fc.assert(
      fc.property(story, (steps) => {
        fc.pre(steps.every(isClear));
        for (const { at, state, why } of seen(steps, true)) {
          if (arrives(steps[at])) expect(state, why).toBe('ALARM');
          else if (!arrives(steps[at - 1])) expect(state, why).toBe('OK');
        }
      }),
      { numRuns: 20 },
    );
  });

  test('DlqAlarm of a rarely used queue rings for no old letter after a time without reads', () => {
    fc.assert(
      fc.property(story, (steps) => {
        for (const { at, state, why } of seen(steps, false)) {
          const before = steps.slice(Math.max(0, at - 5), at + 1);
          if (state === 'ALARM') expect(before.some(arrives), why).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  });
});
