import { AwsError } from '../../../lambdas/adapters/aws/errors.ts';
import { busTarget } from '../../../lambdas/adapters/targets/bus.ts';
import { functionTarget } from '../../../lambdas/adapters/targets/function.ts';
import { queueTarget } from '../../../lambdas/adapters/targets/queue.ts';
import { stateMachineTarget } from '../../../lambdas/adapters/targets/state-machine.ts';
import { topicTarget } from '../../../lambdas/adapters/targets/topic.ts';
import type { Handler } from '../../../lambdas/domain/handler.ts';
import { parseJson } from '../../../lambdas/domain/json.ts';
import { propertyAt } from '../../../lambdas/domain/provider/property.ts';
import type { RemoteKind, RemoteTarget } from '../../../lambdas/domain/target.ts';
import type { SendToTarget } from '../../../lambdas/domain/target-message.ts';
import type { FindTargets } from '../../../lambdas/inbound/targets/find-route.ts';
import { findTargetsBy } from '../../../lambdas/inbound/targets/find-targets.ts';
import type { TargetPorts } from '../../../lambdas/inbound/targets/target-message.ts';
import { clientBy } from '../../../testing/memory/command-client.ts';
import type { Doing } from './scenario.ts';

/** What a target got of one event. */
export interface Taken {
  readonly id: string;
  /** What the target can recognise a repeat by. */
  readonly recognisedBy: string;
  readonly text: string;
}

/** One call of the service: the text of an event, and what the service knows a repeat by, if it does. */
type CallService = (text: string, recognisedBy?: string) => Promise<void>;

/** Runs something, and logs its begin and its end. */
export type LoggedRun = (run: (doing: Doing) => Promise<void>) => Promise<void>;

interface Process {
  readonly callTarget: CallService;
  putBody(key: string, bytes: Uint8Array): Promise<void>;
}

/** The settings of a target of each kind. The queue is a FIFO queue. */
const targetOf = (kind: RemoteKind): RemoteTarget =>
  kind === 'queue' || kind === 'topic' ? { kind, at: 0, isFifo: kind === 'queue' } : { kind, at: 0 };

/** A target's service in memory. It takes an event unless it is told to refuse it. */
export function targetService(kind: RemoteKind) {
  const taken: Taken[] = [];
  /** What the service does with an event, by its id. */
  const does = new Map<string, Doing>();
  const codes = refusals[kind];

  const call: CallService = async (text, name) => {
    const id = String(propertyAt(parseJson(text), 'id'));
    const doing = does.get(id);
    if (doing === 'fails') throw new AwsError(codes.passing, 'not now', { status: 400 });
    if (doing === 'fails for good') throw new AwsError(codes.permanent, 'never', { status: 400 });
    const isRepeat = taken.some(({ recognisedBy }) => recognisedBy === name);
    if (kind === 'stateMachine' && isRepeat)
      throw new AwsError('ExecutionAlreadyExists', 'it has been', { status: 400 });
    // A FIFO queue takes a repeat within five minutes, and does nothing with it; a later one is another message.
    taken.push({ id, recognisedBy: name ?? String(propertyAt(parseJson(text), 'key')), text });
  };

  /** The code of λ consume on the calls of one process. The log says what the service does with each event. */
  const findTargets = (
    { callTarget, putBody }: Process,
    loggedRun: (id: string, attempt: number) => LoggedRun,
  ): FindTargets => {
    const send = sendToService(kind, callTarget);
    const sendToTarget: TargetPorts['sendToTarget'] = (_target, message, signal) => send(message, signal);
    const find = findTargetsBy({ putBody, bucket: 'payloads', sendToTarget });
    return (...args) => {
      const route = find(...args);
      const run: Handler = (event, context) =>
        loggedRun(
          event.id,
          context.attemptNumber,
        )(async (doing) => {
          does.set(event.id, doing);
          await route?.run(event, context);
        });
      return route && { ...route, run };
    };
  };

  return { taken, to: { '*': [targetOf(kind)] }, call, findTargets };
}

const refusals: Readonly<Record<RemoteKind, { readonly passing: string; readonly permanent: string }>> = {
  bus: { passing: 'ThrottlingException', permanent: 'MalformedDetail' },
  queue: { passing: 'InternalError', permanent: 'InvalidMessageContents' },
  topic: { passing: 'InternalErrorException', permanent: 'InvalidParameterException' },
  function: { passing: 'TooManyRequestsException', permanent: 'ResourceNotFoundException' },
  stateMachine: { passing: 'ExecutionLimitExceeded', permanent: 'StateMachineDoesNotExist' },
};

/** Events of one batch are not combined, so that each call is one of the points at which a worker dies. */
const alone =
  <Message>(sendEach: (messages: readonly Message[]) => Promise<readonly (Error | undefined)[]>) =>
  async (message: Message): Promise<void> => {
    const [refusal] = await sendEach([message]);
    if (refusal !== undefined) throw refusal;
  };

type Fields = Readonly<Record<string, string | undefined>>;
const entriesIn = (command: { readonly input: object }): readonly Fields[] =>
  Object(command.input).Entries ?? [];

/** The real adapter of a kind, on the calls of one process. */
function sendToService(kind: RemoteKind, call: CallService): SendToTarget {
  switch (kind) {
    case 'bus':
      return busTarget(
        clientBy(async (command) => {
          for (const { Detail = '' } of entriesIn(command)) await call(Detail);
          return { Entries: entriesIn(command).map(() => ({})) };
        }),
        'arn:bus',
        alone,
      );
    case 'queue':
      return queueTarget(
        clientBy(async (command) => {
          for (const { MessageBody = '', MessageDeduplicationId } of entriesIn(command))
            await call(MessageBody, MessageDeduplicationId);
          return {};
        }),
        'https://sqs.example/1/target.fifo',
        { isFifo: true },
        alone,
      );
    case 'topic':
      return topicTarget(({ Message = '' }) => call(Message), 'arn:topic', { isFifo: false });
    case 'function':
      return functionTarget(async (_arn, payload) => {
        await call(payload);
        return { payload: 'null', failed: false };
      }, 'arn:function');
    case 'stateMachine':
      return stateMachineTarget(
        clientBy(async ({ input }) => {
          await call(String(propertyAt(input, 'input')), String(propertyAt(input, 'name')));
          return {};
        }),
        'arn:state-machine',
      );
  }
}
