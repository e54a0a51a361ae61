import { expect, it } from 'vitest';
import { seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { memoryQueue } from '../../../testing/memory/queue.ts';
import { sqsInMemory } from '../../../testing/memory/sqs/sqs.ts';
import { storedQueue } from '../../../testing/memory/sqs/stored-queue.ts';
import { sqsContract } from './sqs-contract.ts';

sqsContract('the stand-in', async () => {
  const clock = { now: 1_795_000_000_000 };
  const now = () => clock.now;
  const dlq = storedQueue({ now, visibility: seconds(30) });
  const queues: Record<string, ReturnType<typeof storedQueue>> = { dlq };
  return {
    client: sqsInMemory(queues),
    makeQueue: async (visibility, maxReceiveCount) => {
      queues['queue'] = storedQueue({ now, visibility, redrive: { maxReceiveCount, to: dlq.take } });
      return { url: 'queue', dlqUrl: 'dlq' };
    },
    wait: async (span) => {
      clock.now += span * 1000;
    },
  };
});

it('the stand-in hands messages out in another order, and twice, where a test asks for it', async () => {
  const queue = memoryQueue(() => unixMillis(0), seconds(30), {
    order: (visible) => [...visible].reverse(),
    isRepeated: () => true,
  });
  await queue.sendAll([{ body: 'a' }, { body: 'b' }]);

  expect(queue.receive(1)).toMatchObject([{ text: 'b', receives: 1 }]);
  expect(queue.receive(2)).toMatchObject([
    { text: 'b', receives: 2 },
    { text: 'a', receives: 1 },
  ]);
});
