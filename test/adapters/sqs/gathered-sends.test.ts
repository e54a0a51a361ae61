import { beforeEach, expect, it, vi } from 'vitest';
import { gatheredSends } from '../../../lambdas/adapters/sqs/gathered-sends.ts';
import { type OutgoingMessage, sqsQueue } from '../../../lambdas/adapters/sqs/queue.ts';
import { seconds } from '../../../lambdas/domain/time.ts';

beforeEach(() => {
  vi.useFakeTimers();
  return () => void vi.useRealTimers();
});

const bodies = (messages: readonly OutgoingMessage[]) => messages.map(({ body }) => body);

it('gathered sends combine messages of about the same time into one call, and later ones into another', async () => {
  const calls: string[][] = [];
  const send = gatheredSends<OutgoingMessage>(async (messages) => {
    calls.push(bodies(messages));
    return messages.map(() => undefined);
  });

  const first = ['a', 'b', 'c'].map((body) => send({ body }));
  await vi.advanceTimersByTimeAsync(5);
  await Promise.all(first);
  const second = send({ body: 'd' });
  await vi.advanceTimersByTimeAsync(5);
  await second;

  expect(calls).toEqual([['a', 'b', 'c'], ['d']]);
});

it('a gathered send rejects only for the message that was refused', async () => {
  const send = gatheredSends<OutgoingMessage>(async (messages) =>
    bodies(messages).map((body) => (body === 'b' ? new Error('refused') : undefined)),
  );

  const ends = Promise.allSettled(['a', 'b', 'c'].map((body) => send({ body })));
  await vi.advanceTimersByTimeAsync(5);

  expect((await ends).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

it('a gathered send rejects for all messages when the call fails, and sends later ones', async () => {
  let isDown = true;
  const send = gatheredSends<OutgoingMessage>(async (messages) => {
    if (isDown) throw new Error('no answer');
    return messages.map(() => undefined);
  });

  const ends = Promise.allSettled(['a', 'b'].map((body) => send({ body })));
  await vi.advanceTimersByTimeAsync(5);
  expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected']);

  isDown = false;
  const later = send({ body: 'c' });
  await vi.advanceTimersByTimeAsync(5);
  await expect(later).resolves.toBeUndefined();
});

it('gathered sends report the result of each of twelve messages when one is refused and the second call fails', async () => {
  const inputs: { readonly Entries: readonly { readonly Id: string; readonly DelaySeconds: number }[] }[] =
    [];
  const client = {
    async send({ input }: { readonly input: (typeof inputs)[number] }) {
      inputs.push(input);
      if (inputs.length === 2) throw new Error('no answer');
      return { Failed: [{ Id: '3', Code: 'InternalError' }] };
    },
  };
  const messages = Array.from({ length: 12 }, (_, n) => ({ body: `body ${n}`, delay: seconds(900) }));

  // @ts-expect-error: of the client's many methods, one is needed.
  const answers = await sqsQueue(client, 'https://sqs.eu-west-1.amazonaws.com/1/q').sendEach(messages);

  expect(inputs.map(({ Entries }) => Entries.length)).toEqual([10, 2]);
  expect(inputs[0]?.Entries.every(({ DelaySeconds }) => DelaySeconds === 900)).toBe(true);
  expect(answers.map((answer) => answer?.message)).toEqual([
    ...Array(3).fill(undefined),
    'SQS refused the message: InternalError',
    ...Array(6).fill(undefined),
    'no answer',
    'no answer',
  ]);
});
