import { describe, expect, it } from 'vitest';
import { crashes, explore, type Fault, networkFaults, stalls } from '../explore.ts';
import { mistakes } from './mistakes.ts';
import { playScenario } from './promises.ts';
import type { Variant } from './scenario.ts';
import { scenarios } from './scenarios.ts';
import { scenariosOfTwoWorkers } from './scenarios-of-two-workers.ts';

/** A mistake, the story that shows it, what has to go wrong meanwhile, and the promise that it breaks. */
type Bite = readonly [
  mistake: keyof typeof mistakes,
  scenario: string,
  faults: 'crash' | 'lost answer' | 'stall' | 'order' | 'none',
  violation: string,
];

const bites: readonly Bite[] = [
  ['acknowledges what another is working on', 'one event', 'crash', 'evt_1 ended processing, not processed'],
  ['acknowledges what another is working on', 'one id in two batches', 'crash', 'evt_1 ended processing'],
  ['runs suspects among the batch', 'a killer between two innocents', 'none', 'evt_1 ended failed'],
  [
    'counts the refusal of a suspect',
    'a killer between two innocents',
    'none',
    'evt_killer ran 3 times, not 5',
  ],
  ['takes over a live lease', 'one id in two batches at once', 'order', 'two handlers of evt_1 ran at once'],
  ['does not count what crashed', 'a killer between two innocents', 'none', 'SQS moved a message'],
  ['claims without a lease that ends', 'one event', 'crash', 'SQS moved a message'],
  [
    'finishes what it does not own',
    'one id in two batches at once',
    'stall',
    'two successes of evt_1 are recorded',
  ],
  ['finishes what it does not own', 'one event', 'lost answer', 'two successes of evt_1 are recorded'],
  ['releases before it records', 'one id in two batches at once', 'order', 'evt_1 ran 2 times, not 1'],
  ['acknowledges before it records', 'one event', 'crash', 'evt_1 ended processing'],
  [
    'records the failure before the dead letter',
    'a handler that always fails',
    'crash',
    'evt_1 failed without a dead letter',
  ],
  ['sends no dead letter', 'a message that is no event', 'none', 'message-1 is not in the DLQ'],
  [
    'sends no dead letter',
    'a killer between two innocents',
    'none',
    'evt_killer failed without a dead letter',
  ],
  ['keeps no body', 'a large event without a handler', 'none', 'the body of evt_ignored_large is not kept'],
  [
    'keeps no body',
    'a replay of a large event after the failure',
    'none',
    'evt_large ended failed, not processed',
  ],
  [
    'takes a redelivery of a failure for a duplicate',
    'a replay after the failure',
    'none',
    'evt_1 ended failed',
  ],
  ['runs what is processed', 'a redelivery after the success', 'none', 'two successes of evt_1 are recorded'],
];

const faultsOf: Readonly<Record<Bite[2], readonly Fault[]>> = {
  crash: crashes,
  'lost answer': networkFaults,
  stall: stalls,
  order: [],
  none: [],
};

async function violationsOf(name: string, faults: Bite[2], variant?: Variant): Promise<string[]> {
  const scenario = [...scenarios, ...scenariosOfTwoWorkers].find((candidate) => candidate.name === name);
  if (scenario === undefined) throw new Error(`there is no scenario '${name}'`);
  const seeds = faults === 'order' ? Array.from({ length: 60 }, (_, seed) => seed) : [undefined];
  const explored = seeds.map((seed) =>
    explore((points) => playScenario(scenario, points, { seed, variant }), faultsOf[faults]),
  );
  return (await Promise.all(explored)).flatMap(({ violations }) => violations);
}

describe('the crash suite notices a consumer that', () => {
  it.each(bites)('%s: %s, %s', async (mistake, scenario, faults, violation) => {
    const broken = await violationsOf(scenario, faults, mistakes[mistake]);

    expect(broken.filter((text) => text.includes(violation))).not.toEqual([]);
    expect(await violationsOf(scenario, faults)).toEqual([]);
  });

  it('lets a late worker claim what was ignored, when it stalls before its claim and then dies', async () => {
    const ignored = scenarios.find(({ name }) => name === 'an event without a handler');
    if (ignored === undefined) throw new Error('there is no such scenario');
    const variant = mistakes['lets a late worker claim what was ignored'];

    const { violations } = await explore(
      (points) => playScenario({ ...ignored, concurrency: 2 }, points, { variant }),
      stalls,
      crashes,
    );

    expect(violations[0]).toContain('evt_ignored ended processing, not ignored');
  });

  it('makes any of these mistakes', () => {
    const noticed = new Set<string>([
      ...bites.map(([mistake]) => mistake),
      'lets a late worker claim what was ignored',
    ]);

    expect(Object.keys(mistakes).filter((mistake) => !noticed.has(mistake))).toEqual([]);
  });
});
