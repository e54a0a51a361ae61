import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const outsideSimulation = 'the simulation has no listeners, and none of the checks that a team runs itself';

const places = mutantsOf(
  {
    file: 'lambdas/adapters/dynamodb/inbound-events/listeners.ts',
    caughtBy: 'test/adapters/dynamodb/taps.test.ts',
    outsideSimulation,
  },
  [
    {
      name: 'a listener looks for no free place',
      breaks: promises.listeners,
      from: '(taken[place]?.until ?? 0) <= now',
      to: 'place === places[0]',
    },
    {
      name: 'a listener that ends removes the taps of the others',
      breaks: promises.listeners,
      from: "...areOver].join(' AND ')",
      to: "...areOver].join(' OR ')",
    },
  ],
);

const copies = mutantsOf(
  { file: 'lambdas/inbound/copy-to-tap.ts', caughtBy: 'test/inbound/copy-to-tap.test.ts', outsideSimulation },
  [
    {
      name: 'only the first listener gets a copy',
      breaks: promises.listeners,
      from: 'const copies = live.map(',
      to: 'const copies = live.slice(0, 1).map(',
    },
  ],
);

const ownChecks = mutantsOf(
  { file: 'verify/given-keys.ts', caughtBy: 'test/verify/verify.test.ts', outsideSimulation },
  [
    {
      name: 'a key verifies on a team’s own server after its end',
      breaks: promises.verified,
      from: 'notAfter === undefined || now < notAfter',
      to: 'notAfter === undefined || true',
    },
  ],
);

/** Mutants of the listeners’ taps, and of the checks on a team’s own server. */
export const tapMutants = [...places, ...copies, ...ownChecks];
