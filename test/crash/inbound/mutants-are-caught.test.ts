import { describe, expect, it } from 'vitest';
import { crashes, explore, type Fault, networkFaults, nthAfterStall, stalls } from '../explore.ts';
import { mistakes } from './mutants.ts';
import { playScenario } from './promises.ts';
import type { Scenario, Variant } from './scenario.ts';
import { scenarios } from './scenarios.ts';
import { scenariosOfTwoWorkers } from './scenarios-of-two-workers.ts';
import { longWaitsBesideKillers, scenariosOfWaits } from './scenarios-of-waits.ts';

/** A mutant, the scenario and the faults that show it, and the promise that it breaks. */
type Bite = readonly [
  mistake: keyof typeof mistakes,
  scenario: string,
  faults: 'crash' | 'lost answer' | 'stall' | 'order' | 'none',
  violation: string,
];

const bites: readonly Bite[] = [
  [
    'acknowledges an event that another worker has',
    'one event',
    'crash',
    'evt_1 ended processing, not processed',
  ],
  [
    'acknowledges an event that another worker has',
    'one id in two batches',
    'crash',
    'evt_1 ended processing',
  ],
  [
    'runs suspects among the batch',
    'an event that kills its worker between two healthy ones',
    'none',
    'evt_1 ended failed',
  ],
  [
    'counts the refusal of a suspect',
    'an event that kills its worker between two healthy ones',
    'none',
    'evt_killer ran 3 times, not 5',
  ],
  ['takes over a live lease', 'one id in two batches at once', 'order', 'two handlers of evt_1 ran at once'],
  [
    'does not count a crash',
    'an event that kills its worker between two healthy ones',
    'none',
    'SQS moved a message',
  ],
  ['claims with a lease that never ends', 'one event', 'crash', 'SQS moved a message'],
  [
    'finishes an event that it does not own',
    'one id in two batches at once',
    'stall',
    'two successes of evt_1 are recorded',
  ],
  [
    'finishes an event that it does not own',
    'one event',
    'lost answer',
    'two successes of evt_1 are recorded',
  ],
  ['releases before it records', 'one id in two batches at once', 'order', 'evt_1 ran 2 times, not 1'],
  ['acknowledges before it records', 'one event', 'crash', 'evt_1 ended processing'],
  [
    'records the failure before the dead letter',
    'a handler that always fails',
    'crash',
    'evt_1 failed without a dead letter',
  ],
  ['sends no dead letter', 'a message that is not an event', 'none', 'message-1 is not in the DLQ'],
  [
    'sends no dead letter',
    'an event that kills its worker between two healthy ones',
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
    'treats a redelivery of a failed event as a duplicate',
    'a replay after the failure',
    'none',
    'evt_1 ended failed',
  ],
  ['runs what is processed', 'a redelivery after the success', 'none', 'two successes of evt_1 are recorded'],
  [
    'deletes a message before it sends it back',
    'a handler that always fails',
    'crash',
    'evt_1 ended retrying',
  ],
  [
    'deletes a message before it sends it back',
    'a handler that always fails',
    'crash',
    'evt_1 ended processing',
  ],
  [
    'records that a message waits before it is sent',
    'a handler that always fails',
    'crash',
    'evt_1 ended retrying',
  ],
  [
    'leaves a message that it sent back in its batch',
    'an event that kills its worker beside the second hop of a long wait',
    'none',
    'messages were sent back, not 2',
  ],
  [
    'leaves a message that it sent back in its batch',
    'an event that kills its worker beside a redelivery that joins a long wait',
    'none',
    'messages were sent back, not 4',
  ],
  [
    'does not notice that a message was not sent back',
    'a handler that always fails',
    'lost answer',
    'evt_1 ended retrying',
  ],
  [
    'does not look whether an attempt is due',
    'a redelivery in a long wait',
    'none',
    'attempt 2 of evt_1 ran before its time',
  ],
  [
    'does not know a superseded message',
    'waits that are all long',
    'crash',
    'messages were sent back, not 3',
  ],
  [
    'treats a message in flight as superseded',
    'a handler that always fails',
    'none',
    'evt_1 ended retrying, not failed',
  ],
  [
    'sends a message back without its time',
    'a handler that always fails',
    'none',
    'a claim was asked for 6 times, not 5',
  ],
  [
    'sends a message back without its wait',
    'a handler that always fails',
    'none',
    'a claim was asked for 6 times, not 5',
  ],
  ['loses the attempt of a wait in a hop', 'a handler that always fails', 'none', 'evt_1 ended retrying'],
];

const faultsOf: Readonly<Record<Bite[2], readonly Fault[]>> = {
  crash: crashes,
  'lost answer': networkFaults,
  stall: stalls,
  order: [],
  none: [],
};

/** A mutant that shows when a worker stalls and then dies, the scenario, and a promise that it breaks. */
const lateBites: readonly (readonly [mistake: keyof typeof mistakes, scenario: string, violation: string])[] =
  [
    [
      'lets a late worker claim an ignored event',
      'an event without a handler',
      'evt_ignored ended processing, not ignored',
    ],
    [
      'sends a message back as another one',
      'a failure after a long wait',
      'evt_1 ended processing, not failed',
    ],
  ];

function named(name: string): Scenario {
  const all = [...scenarios, ...scenariosOfWaits, ...longWaitsBesideKillers, ...scenariosOfTwoWorkers];
  const scenario = all.find((candidate) => candidate.name === name);
  if (scenario === undefined) throw new Error(`there is no scenario '${name}'`);
  return scenario;
}

async function violationsOf(name: string, faults: Bite[2], variant?: Variant): Promise<string[]> {
  const scenario = named(name);
  const seeds = faults === 'order' ? Array.from({ length: 60 }, (_, seed) => seed) : [undefined];
  const explored = seeds.map((seed) =>
    explore((points) => playScenario(scenario, points, { seed, variant }), faultsOf[faults]),
  );
  return (await Promise.all(explored)).flatMap(({ violations }) => violations);
}

describe('the crash suite catches a mutant that', () => {
  it.each(bites)('the mutant that %s is caught by: %s, %s', async (mistake, scenario, faults, violation) => {
    const broken = await violationsOf(scenario, faults, mistakes[mistake]);

    expect(broken.filter((text) => text.includes(violation))).not.toEqual([]);
    expect(await violationsOf(scenario, faults)).toEqual([]);
  });

  it.each(lateBites)(
    'the mutant that %s is caught when it stalls before its claim and then dies',
    async (mistake, name, violation) => {
      const { violations } = await explore(
        (points) => playScenario({ ...named(name), concurrency: 2 }, points, { variant: mistakes[mistake] }),
        stalls,
        crashes,
        nthAfterStall,
      );

      expect(violations.filter((text) => text.includes(violation))).not.toEqual([]);
    },
  );

  it('every mutant is caught by a scenario', () => {
    const noticed = new Set<string>([...bites, ...lateBites].map(([mistake]) => mistake));

    expect(Object.keys(mistakes).filter((mistake) => !noticed.has(mistake))).toEqual([]);
  });
});
