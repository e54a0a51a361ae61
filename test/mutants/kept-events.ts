import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const keepTests = 'test/outbound/keep-event.test.ts';
const lastsNoRetention = 'no run of the simulation lasts as long as a retention';

export const keepingMutants = [
  ...mutantsOf({ file: 'lambdas/outbound/keep-event.ts', caughtBy: keepTests }, [
    {
      name: 'the event of a delivery that ends is not kept',
      breaks: promises.replayable,
      from: 'if (eventExpiresAt >= expiresAt) return;',
      to: 'if (eventExpiresAt > 0) return;',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/deliver/finish.ts', caughtBy: keepTests }, [
    {
      name: 'the event of a failed delivery expires before its record',
      breaks: promises.replayable,
      from: "if (plan.kind === 'fail' || plan.kind === 'discard')",
      to: 'if (false)',
    },
    {
      name: 'the event of a late success expires before its record',
      breaks: promises.replayable,
      from: 'await keepEventUntil(record.expiresAt, delivery, ports);',
      to: '',
      outsideSimulation: lastsNoRetention,
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/hold-delivery.ts', caughtBy: keepTests }, [
    {
      name: 'the event of a discarded delivery expires before its record',
      breaks: promises.replayable,
      from: 'await keepEventUntil(expiresAt, seen, ports);',
      to: '',
    },
  ]),
];
