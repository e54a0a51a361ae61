import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { publicOnly } = promises;
const rangeTests = 'test/domain/refused-ranges.test.ts';
const outsideSimulation = 'the simulation resolves no names';

/** Mistakes about the ranges of the network that requests leave from. */
export const ownNetworkMutants = [
  ...mutantsOf({ file: 'lambdas/domain/destination-rules.ts', caughtBy: rangeTests, outsideSimulation }, [
    {
      name: 'a public address of the own network is requested',
      breaks: publicOnly,
      from: "return isRefused(judged, refusedRanges) ? notPublic(address, 'of our own network') : ok;",
      to: 'return ok;',
    },
    {
      name: 'an address of the own network is requested in its v6 form',
      breaks: publicOnly,
      from: 'checkRange(address, embedded, refusedRanges)',
      to: 'checkRange(address, embedded, [])',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/domain/refused-ranges.ts', caughtBy: rangeTests, outsideSimulation }, [
    {
      name: 'a range that cannot be read is left out of the guard',
      breaks: publicOnly,
      from: ".filter((part) => part !== '')",
      to: '.filter((part) => ipaddr.isValidCIDR(part))',
    },
  ]),
  ...mutantsOf(
    {
      file: 'lambdas/adapters/http/guarded-lookup.ts',
      caughtBy: 'test/adapters/http/guarded-lookup.test.ts',
      outsideSimulation,
    },
    [
      {
        name: 'a name may resolve to a public address of the own network',
        breaks: publicOnly,
        from: 'const check = checkAddress(address, refusedRanges);',
        to: 'const check = checkAddress(address);',
      },
    ],
  ),
  ...mutantsOf(
    {
      file: 'lambdas/outbound/deliver/deliver.lambda.ts',
      caughtBy: 'test/outbound/deliver/deliver-lambda.test.ts',
      outsideSimulation: 'the simulation does not run λ’s own file',
    },
    [
      {
        name: 'λ deliver does not read the ranges of its network',
        breaks: publicOnly,
        from: 'parseRefusedRanges(env.REFUSED_RANGES)',
        to: "parseRefusedRanges('')",
      },
    ],
  ),
];
