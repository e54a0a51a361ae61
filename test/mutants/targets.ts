import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const outsideSimulation = 'the simulation has handlers, no targets';
const { target, inboundEnds, bytes } = promises;
const adapterTests = 'test/adapters/targets/targets.test.ts';
const messageTests = 'test/inbound/target-message.test.ts';
const routeTests = 'test/inbound/targets.test.ts';
const crashTests = 'test/crash/inbound/targets.test.ts';

const adapters = 'lambdas/adapters/targets';

const refusals = [
  ...mutantsOf({ file: `${adapters}/bus.ts`, caughtBy: adapterTests, outsideSimulation }, [
    {
      name: 'an entry that a bus refused counts as taken',
      breaks: target,
      from: 'return ErrorCode === undefined ? undefined : refusal(target, ErrorCode, new Error(ErrorMessage));',
      to: 'return undefined;',
    },
    {
      name: 'an entry without a result counts as taken',
      breaks: target,
      from: "if (result === undefined) return refusal(target, 'NoResult', new Error('it has no result'));",
      to: 'if (result === undefined) return undefined;',
    },
    {
      name: 'one wrong entry fails its whole call for good',
      breaks: inboundEnds,
      from: 'if (messages.length > 1 && isPermanentCode(name))',
      to: 'if (false)',
    },
    {
      name: 'a call of a bus has any number of entries',
      breaks: inboundEnds,
      from: 'current.length < maxEntries && ',
      to: '',
    },
    {
      name: 'a call of a bus has any size',
      breaks: inboundEnds,
      from: ' && bytes + size <= maxCallBytes',
      to: '',
    },
  ]),
  ...mutantsOf({ file: `${adapters}/refusal.ts`, caughtBy: adapterTests, outsideSimulation }, [
    {
      name: 'every refusal of a target is for good',
      breaks: inboundEnds,
      from: 'return permanentCodes.has(code)\n    ?',
      to: 'return text\n    ?',
    },
    {
      name: 'no refusal of a target is for good',
      breaks: inboundEnds,
      from: 'return permanentCodes.has(code)\n    ?',
      to: 'return !text\n    ?',
    },
  ]),
  ...mutantsOf({ file: `${adapters}/state-machine.ts`, caughtBy: adapterTests, outsideSimulation }, [
    {
      name: 'an execution that has been fails its event',
      breaks: inboundEnds,
      from: "if (code === 'ExecutionAlreadyExists') return;",
      to: '',
    },
    {
      name: 'an execution has a name of its own on each attempt',
      breaks: target,
      from: 'const name = executionName(message);',
      to: 'const name = `${executionName(message)}-${Math.random()}`;',
      caughtBy: crashTests,
    },
  ]),
  ...mutantsOf({ file: `${adapters}/queue.ts`, caughtBy: adapterTests, outsideSimulation }, [
    {
      name: 'a message of a FIFO queue has a deduplication id of its own on each attempt',
      breaks: target,
      from: 'deduplicationId: isFifo ? deduplicationOf(message) : undefined,',
      to: 'deduplicationId: isFifo ? `${deduplicationOf(message)}${Math.random()}` : undefined,',
    },
  ]),
  ...mutantsOf({ file: `${adapters}/function.ts`, caughtBy: adapterTests, outsideSimulation }, [
    {
      name: 'an error of a function counts as taken',
      breaks: target,
      from: 'if (failed) throw thrownBy(payload);',
      to: '',
    },
    {
      name: 'a failure that a function returns counts as taken',
      breaks: inboundEnds,
      from: 'if (returned.success) throw new PermanentFailure(returned.output.permanentFailure);',
      to: '',
    },
    {
      name: 'an error whose name ends like a permanent one is permanent',
      breaks: inboundEnds,
      from: '/(^|[.*:$/])PermanentFailure$/',
      to: '/PermanentFailure$/',
    },
  ]),
];

const messages = [
  ...mutantsOf(
    { file: 'lambdas/inbound/targets/target-message.ts', caughtBy: messageTests, outsideSimulation },
    [
      {
        name: 'a claim check is sent before its body is stored',
        breaks: bytes,
        from: 'await putBody(key, event.body);',
        to: '',
      },
      {
        name: 'an event over the limit of its target is sent whole',
        breaks: inboundEnds,
        from: 'if (utf8Bytes(text) <= maxTargetBytes[target.kind]) return',
        to: 'if (text) return',
      },
      {
        name: 'a payload for a target is written anew',
        breaks: bytes,
        from: 'return `"payload":${sendable(text)}`;',
        to: 'return `"payload":${JSON.stringify(parseJsonBody(text))}`;',
      },
    ],
  ),
  ...mutantsOf({ file: 'lambdas/domain/target-message.ts', caughtBy: messageTests, outsideSimulation }, [
    {
      name: 'two sources share the names of executions',
      breaks: target,
      from: 'const name = `${source}_${id}`;',
      to: 'const name = `${source}-${id}`;',
    },
    {
      name: 'an id may look like the hash of another one',
      breaks: target,
      from: " && !id.startsWith('_')",
      to: '',
    },
    {
      name: 'a deduplication id is the event’s id, which two sources may share',
      breaks: target,
      from: 'deduplicationOf = ({ key }: TargetMessage): string => hashOf(key);',
      to: 'deduplicationOf = ({ id }: TargetMessage): string => hashOf(id);',
    },
  ]),
];

const routes = [
  ...mutantsOf({ file: 'lambdas/inbound/targets/hand-to-all.ts', caughtBy: routeTests, outsideSimulation }, [
    {
      name: 'an event is processed when one of its targets has taken it',
      breaks: target,
      from: 'if (failures.length === 0) return;',
      to: 'if (failures.length < handlers.length) return;',
    },
    {
      name: 'one refusal for good ends an event that another target may still take',
      breaks: target,
      from: 'failures.every(isPermanentFailure)',
      to: 'failures.some(isPermanentFailure)',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/domain/handler.ts', caughtBy: 'test/domain/handler.test.ts' }, [
    {
      name: 'a shorter prefix wins over a longer one',
      breaks: inboundEnds,
      from: 'if (fits && name.length > (longest?.length ?? 0)) longest = name;',
      to: 'if (fits) longest ??= name;',
      outsideSimulation: 'the simulation declares one type',
    },
  ]),
];

/** Mutants of targets. */
export const targetMutants = [...refusals, ...messages, ...routes];
