import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const altersNothing = 'the simulation alters no stored object';

const { deliveryEnds, everyEvent, noRepeat, ownEndpoint, bytes } = promises;
const claimTests = 'test/outbound/deliver/claim.test.ts';
const guardTests = 'test/outbound/deliver/deliver-guards.test.ts';
const recreatedTests = 'test/outbound/recreated-endpoint.test.ts';
const attemptTests = 'test/outbound/deliver/attempt.test.ts';
const lateTests = 'test/outbound/deliver/late-deliveries.test.ts';

export const deliverAttempts = [
  ...mutantsOf({ file: 'lambdas/outbound/deliver/attempt.ts', caughtBy: guardTests }, [
    {
      name: 'a claimed delivery of an earlier endpoint goes to a new one',
      breaks: ownEndpoint,
      from: 'if (endpoint && isForEarlierEndpoint(delivery, endpoint))',
      to: 'if (false)',
      caughtBy: recreatedTests,
    },
    {
      name: 'a delivery that kills its workers is tried for ever',
      breaks: deliveryEnds,
      from: 'if (crashes > settings.maxCrashes)',
      to: 'if (false)',
      caughtBy: claimTests,
    },
    {
      name: 'a delivery is tried after its deadline',
      breaks: deliveryEnds,
      from: 'return now >= delivery.deadline ? pastDeadline(delivery) : undefined;',
      to: 'return undefined;',
      caughtBy: 'test/outbound/deliver/deadlines.test.ts',
    },
    {
      name: 'an altered payload is tried again and again',
      breaks: bytes,
      outsideSimulation: altersNothing,
      from: "return { kind: 'failed', cause: 'payload-altered', reason: content.message };",
      to: "return { kind: 'unready', error: content };",
    },
    {
      name: 'a delivery without its payload is sent empty',
      breaks: everyEvent,
      outsideSimulation: altersNothing,
      from: "return { kind: 'failed', cause: 'payload-missing', reason: 'its payload is past its retention' };",
      to: "return { kind: 'failed', cause: 'exhausted', reason: '' };",
    },
    {
      name: 'a request outlasts its lease',
      breaks: noRepeat,
      from: 'now + settings.attemptTimeout + afterTheHead <= leaseUntil',
      to: 'leaseUntil > 0',
    },
    {
      name: 'a request outlasts its invocation',
      breaks: noRepeat,
      from: 'return outlasts && hasTimeForAttempt(settings, invocation);',
      to: 'return outlasts;',
      caughtBy: guardTests,
    },
    {
      name: 'a fault of our own counts as a crash',
      breaks: everyEvent,
      from: "if (outcome instanceof Error) return { kind: 'unready', error: outcome };",
      to: 'if (outcome instanceof Error) throw outcome;',
      caughtBy: attemptTests,
    },
    {
      name: 'a secret that cannot be read now counts as a crash',
      breaks: everyEvent,
      from: '  } catch (error) {\n    return asError(error);\n  }\n}\n\n/** A request must end',
      to: '  } catch (error) {\n    throw error;\n  }\n}\n\n/** A request must end',
      caughtBy: 'test/outbound/deliver/deadlines.test.ts',
    },
    {
      name: 'a request is signed with the keys of the stack, and not of its endpoint',
      breaks: promises.secrets,
      from: 'await (endpoint ? endpointKeys(endpoint, now()) : signingKeys(now()))',
      to: 'await signingKeys(now())',
      caughtBy: 'test/outbound/publish/fan-out.test.ts',
      outsideSimulation: 'the simulation checks no signatures',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/deliver/past-deadline.ts', caughtBy: lateTests }, [
    {
      name: 'a delivery that we were late with ends untried',
      breaks: everyEvent,
      from: 'if (isLate(delivery)) return undefined;',
      to: '',
    },
    {
      name: 'a delivery that we were late with gets one attempt only',
      breaks: everyEvent,
      from: 'isLateAt(delivery, now) ? unixMillis(now + delivery.lifetime) : undefined',
      to: 'undefined',
    },
    {
      name: 'a delivery whose worker died until its deadline ends untried',
      breaks: everyEvent,
      from: 'crashes > 0 || nextAttemptAt',
      to: 'nextAttemptAt',
      caughtBy: 'test/outbound/deliver/past-deadline.test.ts',
    },
    {
      name: 'late deliveries that wait for a slot end untried',
      breaks: everyEvent,
      from: 'waitsForSlot || isLateAt(delivery, now) ? later(until, spare) : undefined',
      to: 'undefined',
    },
  ]),
];
