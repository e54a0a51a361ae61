import { describe, expect, it } from 'vitest';
import { mistakes } from '../crash/inbound/mutants.ts';
import { recordsRetriesWithoutDueAt } from '../crash/outbound/mutants.ts';
import { type Flow, flows, play } from './play.ts';
import { failureText } from './report.ts';
import { search, shortest } from './search.ts';

/** A run of few calls breaks a promise first: it takes some thousand runs to shrink one of many calls. */
const seedOfShortRun = 6;

/** Fixed, so that the test plays the same runs each time; `npm run simulate` plays others. */
const firstSeed = 1;
const runs: Readonly<Record<Flow, number>> = { inbound: 1_000, outbound: 1_000 };

describe('a simulated run', () => {
  it.each(flows)(
    'a run in any order, with any faults, keeps every promise of the %s flow',
    { timeout: 300_000 },
    async (flow) => {
      const { failure } = await search({ runs: runs[flow], firstSeed, flow });

      expect(failure && failureText(failure)).toBeUndefined();
    },
  );

  it.each(flows)('a run of the %s flow is the same each time that its seed is played', async (flow) => {
    const traced = { inbound: { isTraced: true }, outbound: { isTraced: true } };
    for (const seed of [3, 14, 159]) {
      const [one, other] = [await play(flow, seed, traced), await play(flow, seed, traced)];

      expect(other).toEqual(one);
      expect(one.lines.length).toBeGreaterThan(0);
    }
  });

  it.each(flows)('a run of the %s flow is the same when its choices are played', async (flow) => {
    const run = await play(flow, 26);

    expect(await play(flow, run.choices)).toEqual(run);
  });
});

describe('a simulated run that breaks a promise', () => {
  it('a run that breaks a promise is shrunk to one that breaks the same promise with fewer choices', async () => {
    const options = { outbound: { mutant: recordsRetriesWithoutDueAt } };
    const { failure } = await search({ runs: 500, firstSeed, flow: 'outbound', options });
    if (failure === undefined) throw new Error('the mutant broke no promise');

    const short = await shortest(failure, options);

    expect(short.violations).toContain(failure.run.violations[0]);
    expect(short.choices.story.length).toBeLessThan(failure.run.choices.story.length);
    expect(short.choices.order.filter((choice) => choice > 0)).toEqual([]);
    expect(failureText(failure, short)).toMatch(
      /^ *\d\d:\d\d:\d\d\.\d{3} +delivering \d+ +deliveries\.record/m,
    );
  });

  it('a run of the inbound flow that breaks a promise is shrunk, too', async () => {
    const options = { inbound: { variant: mistakes['runs what is processed'] } };
    const { failure } = await search({ runs: 500, firstSeed: seedOfShortRun, flow: 'inbound', options });
    if (failure === undefined) throw new Error('the mutant broke no promise');

    const short = await shortest(failure, options);

    expect(short.violations).toContain(failure.run.violations[0]);
    expect(short.choices.story.length).toBeLessThan(failure.run.choices.story.length);
  });

  it('a run that breaks a promise is reported with the command that plays it again', async () => {
    const options = { outbound: { mutant: recordsRetriesWithoutDueAt } };
    const { failure } = await search({ runs: 500, firstSeed, flow: 'outbound', options });
    if (failure === undefined) throw new Error('the mutant broke no promise');

    expect(failureText(failure)).toContain(
      `npm run simulate -- --seed ${failure.seed} --runs 1 --flow outbound`,
    );
    const again = await search({ runs: 1, firstSeed: failure.seed, flow: 'outbound', options });
    expect(again.failure?.run).toEqual(failure.run);
  });
});
