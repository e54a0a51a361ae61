import { expect, it } from 'vitest';
import { crashes, networkFaults } from '../explore.ts';
import { explorePartialBatches, exploreReceiver } from './explore-receive.ts';
import { mistakes } from './mutants.ts';
import { scenarios } from './scenarios.ts';

/** A mistake, the scenario that shows it, and the promise that it breaks. */
const bites: readonly (readonly [keyof typeof mistakes, string, RegExp])[] = [
  [
    'enqueues a message before its body',
    'a body that is too large for a message',
    /enqueued before its body/,
  ],
  ['answers before the queue has the event', 'one event', /not all of its events are on the queue/],
  ['ignores an error of the bucket', 'a body that is too large for a message', /enqueued before its body/],
  [
    'accepts a batch of which the queue took a part',
    'a batch of events, more than one call to the queue takes',
    /not all of its events are on the queue/,
  ],
  [
    'refuses a token that came with the same body',
    'a token that counts once, and that another body comes with',
    /token: never accepted/,
  ],
  [
    'ignores an error of the table of tokens',
    'a token that counts once, and that another body comes with',
    /accepted, and forged/,
  ],
  [
    'checks with a default key when the secret cannot be read',
    'forged requests before and after a rotation',
    /enqueued, and forged/,
  ],
  ['names events by their request', 'one event', /ids, not 1/],
];

it.each(bites)('the crash suite of λ receive notices that it %s: %s', async (name, called, promise) => {
  const [scenario] = scenarios.filter((candidate) => candidate.name === called);
  if (scenario === undefined) throw new Error(`there is no scenario called ${called}`);

  const { violations } = await exploreReceiver(scenario, [...crashes, ...networkFaults], [], mistakes[name]);
  const partial = await explorePartialBatches(scenario, mistakes[name]);

  expect([...violations, ...partial]).toContainEqual(expect.stringMatching(promise));
});

it('every mistake of λ receive is played', () => {
  expect(new Set(bites.map(([name]) => name))).toEqual(new Set(Object.keys(mistakes)));
});
