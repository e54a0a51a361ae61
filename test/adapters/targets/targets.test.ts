import { describe, expect, it } from 'vitest';
import type { Command } from '../../../lambdas/adapters/aws/command.ts';
import { AwsError } from '../../../lambdas/adapters/aws/errors.ts';
import { busTarget } from '../../../lambdas/adapters/targets/bus.ts';
import { functionTarget } from '../../../lambdas/adapters/targets/function.ts';
import { queueTarget } from '../../../lambdas/adapters/targets/queue.ts';
import { stateMachineTarget } from '../../../lambdas/adapters/targets/state-machine.ts';
import { topicTarget } from '../../../lambdas/adapters/targets/topic.ts';
import { PermanentFailure } from '../../../lambdas/domain/handler.ts';
import type { TargetMessage } from '../../../lambdas/domain/target-message.ts';
import { clientBy } from '../../../testing/memory/command-client.ts';

const { signal } = new AbortController();
const messageOf = (id: string, changes: Partial<TargetMessage> = {}): TargetMessage => ({
  key: `stripe#${id}`,
  id,
  type: 'invoice.paid',
  source: 'stripe',
  text: `{"id":"${id}"}`,
  ...changes,
});
const refused = (code: string, status = 400) => new AwsError(code, 'no', { status });

/** A client that notes each input, and answers by a function. */
function noting(answer: (input: never) => unknown) {
  const inputs: unknown[] = [];
  const send = async ({ input }: Pick<Command<string, object, unknown>, 'input'>) => {
    inputs.push(input);
    return answer(input as never);
  };
  return { inputs, send };
}

/** How each of some calls ended: `taken`, or the error. */
const endsOf = async (calls: readonly Promise<void>[]) =>
  (await Promise.allSettled(calls)).map((end) =>
    end.status === 'fulfilled' ? 'taken' : `${end.reason.name}: ${end.reason.message}`,
  );

describe('a bus', () => {
  type Put = { Entries: { Detail: string; Source: string; DetailType: string; EventBusName: string }[] };
  const arn = 'arn:aws:events:eu-central-1:1:event-bus/mine';
  const takesAll = ({ Entries }: Put) => ({ Entries: Entries.map(() => ({ EventId: 'e' })) });

  it('the events of a batch go in one call, as entries with source and type', async () => {
    const { inputs, send } = noting(takesAll);
    const target = busTarget(clientBy(send), arn);

    const ends = await endsOf(['evt_1', 'evt_2'].map((id) => target(messageOf(id), signal)));

    expect(ends).toEqual(['taken', 'taken']);
    expect(inputs).toEqual([
      {
        Entries: ['evt_1', 'evt_2'].map((id) => ({
          EventBusName: arn,
          Source: 'hookline.stripe',
          DetailType: 'invoice.paid',
          Detail: `{"id":"${id}"}`,
        })),
      },
    ]);
  });

  it('an entry that fails concerns its own event only: throttled is retried, malformed is refused for good', async () => {
    const { send } = noting(({ Entries }: Put) => ({
      Entries: Entries.map(({ Detail }) => {
        if (Detail.includes('slow')) return { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' };
        return Detail.includes('bad')
          ? { ErrorCode: 'MalformedDetail', ErrorMessage: 'no' }
          : { EventId: 'e' };
      }),
    }));
    const target = busTarget(clientBy(send), arn);

    const ends = await endsOf(['evt_1', 'slow', 'bad'].map((id) => target(messageOf(id), signal)));

    expect(ends).toEqual([
      'taken',
      `Error: the bus ${arn} refused the event (ThrottlingException): slow down`,
      `PermanentFailure: the bus ${arn} refused the event (MalformedDetail): no`,
    ]);
  });

  it('a call that one entry makes invalid is made again with each entry alone', async () => {
    const { inputs, send } = noting((put: Put) => {
      if (put.Entries.some(({ Detail }) => Detail.includes('bad'))) throw refused('ValidationException');
      return takesAll(put);
    });
    const target = busTarget(clientBy(send), arn);

    const ends = await endsOf(['evt_1', 'bad', 'evt_2'].map((id) => target(messageOf(id), signal)));

    expect(ends.map((end) => end.split(':')[0])).toEqual(['taken', 'PermanentFailure', 'taken']);
    expect(inputs).toHaveLength(4);
  });

  it('an event without a result counts as not taken', async () => {
    const target = busTarget(clientBy(noting(() => ({ Entries: [] })).send), arn);

    expect(await endsOf([target(messageOf('evt_1'), signal)])).toEqual([
      expect.stringContaining('Error: the bus'),
    ]);
  });

  it('a call has ten entries and 256 KB at most, and a type of 128 characters', async () => {
    const { inputs, send } = noting(takesAll);
    const target = busTarget(clientBy(send), arn);
    const large = { text: JSON.stringify('x'.repeat(100_000)) };
    const many = Array.from({ length: 11 }, (_, index) => messageOf(`evt_${index}`));
    const type = 't'.repeat(200);

    await endsOf(
      [...many, ...['a', 'b', 'c'].map((id) => messageOf(id, { ...large, type }))].map((one) =>
        target(one, signal),
      ),
    );

    expect(inputs.map((input) => (input as Put).Entries.length)).toEqual([10, 3, 1]);
    expect((inputs[2] as Put).Entries[0]?.DetailType).toBe(type.slice(0, 128));
  });
});

describe('a queue', () => {
  type Send = { Entries: { Id: string; MessageBody: string }[] };
  const url = 'https://sqs.eu-central-1.amazonaws.com/1/mine';
  const one = async (
    isFifo: boolean,
    message: TargetMessage,
    answer: (input: Send) => unknown = () => ({}),
  ) => {
    const { inputs, send } = noting(answer);
    const ends = await endsOf([queueTarget(clientBy(send), url, { isFifo })(message, signal)]);
    return { entry: (inputs[0] as Send).Entries[0], end: ends[0] };
  };

  it('a message has the event’s id, type and source as attributes', async () => {
    const { entry, end } = await one(false, messageOf('evt_1'));

    expect(end).toBe('taken');
    expect(entry).toMatchObject({
      MessageBody: '{"id":"evt_1"}',
      MessageAttributes: {
        id: { DataType: 'String', StringValue: 'evt_1' },
        type: { DataType: 'String', StringValue: 'invoice.paid' },
        source: { DataType: 'String', StringValue: 'stripe' },
      },
    });
    expect(entry).not.toMatchObject({ MessageGroupId: expect.anything() });
  });

  it('a message of a FIFO queue has a group, and the same deduplication id on every attempt', async () => {
    const attempts = [
      await one(true, messageOf('evt_1')),
      await one(true, messageOf('evt_1', { group: 'cus_1' })),
    ];
    const fields = attempts.map(({ entry }) => Object(entry));

    expect(fields.map(({ MessageGroupId }) => MessageGroupId)).toEqual(['stripe#evt_1', 'cus_1']);
    expect(fields[0].MessageDeduplicationId).toMatch(/^[0-9a-f]{64}$/);
    expect(fields[1].MessageDeduplicationId).toBe(fields[0].MessageDeduplicationId);
  });

  it('a refused message, a missing queue and a fault end as they must', async () => {
    const failing = (Code: string) => () => ({ Failed: [{ Id: '0', Code }] });
    const throwing = (error: Error) => () => {
      throw error;
    };
    const ends = [
      await one(false, messageOf('a'), failing('InvalidMessageContents')),
      await one(false, messageOf('a'), failing('InternalError')),
      await one(false, messageOf('a'), throwing(refused('QueueDoesNotExist'))),
      await one(false, messageOf('a'), throwing(refused('AccessDeniedException', 403))),
    ];

    expect(ends.map(({ end }) => end?.split(':')[0])).toEqual([
      'PermanentFailure',
      'Error',
      'PermanentFailure',
      'Error',
    ]);
  });
});

describe('a topic', () => {
  it('a message has attributes to filter by; a FIFO topic gets a group and a deduplication id', async () => {
    const inputs: object[] = [];
    const publish = async (input: object) => void inputs.push(input);
    await topicTarget(publish, 'arn:t', { isFifo: false })(messageOf('evt_1'), signal);
    await topicTarget(publish, 'arn:t', { isFifo: true })(messageOf('evt_1'), signal);

    expect(inputs).toEqual([
      expect.objectContaining({ TopicArn: 'arn:t', Message: '{"id":"evt_1"}', MessageGroupId: undefined }),
      expect.objectContaining({
        MessageGroupId: 'stripe#evt_1',
        MessageDeduplicationId: expect.stringMatching(/^[0-9a-f]{64}$/),
      }),
    ]);
    expect(inputs[0]).toMatchObject({ MessageAttributes: { type: { StringValue: 'invoice.paid' } } });
  });

  it('a missing topic is a failure for good', async () => {
    const publish = () => Promise.reject(Object.assign(new Error('no'), { name: 'NotFoundException' }));

    await expect(topicTarget(publish, 'arn:t', { isFifo: false })(messageOf('a'), signal)).rejects.toThrow(
      PermanentFailure,
    );
  });
});

describe('a state machine', () => {
  const run = async (answer: () => unknown) => {
    const { inputs, send } = noting(answer);
    const ends = await endsOf([stateMachineTarget(clientBy(send), 'arn:sm')(messageOf('evt_1'), signal)]);
    return { input: inputs[0], end: ends[0] };
  };

  it('an execution has the name of its event, and one that has been is taken', async () => {
    const { input, end } = await run(() => ({ executionArn: 'e' }));
    const repeat = await run(() => {
      throw refused('ExecutionAlreadyExists');
    });

    expect(input).toEqual({ stateMachineArn: 'arn:sm', name: 'stripe_evt_1', input: '{"id":"evt_1"}' });
    expect([end, repeat.end]).toEqual(['taken', 'taken']);
  });

  it.each([
    ['StateMachineDoesNotExist', 'PermanentFailure'],
    ['InvalidExecutionInput', 'PermanentFailure'],
    ['ExecutionLimitExceeded', 'Error'],
    ['ThrottlingException', 'Error'],
  ])('%s is a %s', async (code, name) => {
    const { end } = await run(() => {
      throw refused(code);
    });

    expect(end?.split(':')[0]).toBe(name);
  });
});

describe('a function', () => {
  const run = async (payload: unknown, failed = false) => {
    const invoke = async () => ({ payload: JSON.stringify(payload) ?? '', failed });
    return (await endsOf([functionTarget(invoke, 'arn:f')(messageOf('evt_1'), signal)]))[0];
  };

  it.each([
    ['a result', { ok: true }, false, 'taken'],
    ['null', null, false, 'taken'],
    ['nothing', undefined, false, 'taken'],
    [
      'a returned failure',
      { permanentFailure: 'no such customer' },
      false,
      'PermanentFailure: no such customer',
    ],
    ['an error', { errorType: 'KeyError', errorMessage: "'a'" }, true, "Error: KeyError: 'a'"],
    [
      'an error of Python for good',
      { errorType: 'PermanentFailure', errorMessage: 'no', stackTrace: [] },
      true,
      'PermanentFailure: PermanentFailure: no',
    ],
    [
      'an error of Java for good',
      { errorType: 'com.example.PermanentFailure', errorMessage: 'no' },
      true,
      'PermanentFailure: com.example.PermanentFailure: no',
    ],
    [
      'an error of another name',
      { errorType: 'NotPermanentFailure', errorMessage: '' },
      true,
      'Error: NotPermanentFailure: ',
    ],
    ['an error that is no object', 'dead', true, 'Error: the function failed without saying why'],
    [
      'a timeout',
      { errorMessage: 'Task timed out after 3.00 seconds' },
      true,
      'Error: Error: Task timed out after 3.00 seconds',
    ],
  ])('%s ends as it must', async (_what, payload, failed, end) => {
    expect(await run(payload, failed)).toBe(end);
  });

  it('a missing function is a failure for good, one that Lambda throttles is not, nor one without an answer in time', async () => {
    const abort = new AbortController();
    const failing = (error: Error) => () => Promise.reject(error);
    const late = functionTarget(() => {
      abort.abort();
      return Promise.reject(new Error('aborted'));
    }, 'arn:f');
    const ends = await endsOf([
      functionTarget(failing(refused('ResourceNotFoundException', 404)), 'arn:f')(messageOf('a'), signal),
      functionTarget(failing(refused('TooManyRequestsException', 429)), 'arn:f')(messageOf('a'), signal),
      late(messageOf('a'), abort.signal),
    ]);

    expect(ends).toEqual([
      'PermanentFailure: the function arn:f refused the event (ResourceNotFoundException): no',
      'Error: the function arn:f refused the event (TooManyRequestsException): no',
      'Error: the function arn:f did not answer in the time of a handler',
    ]);
  });
});
