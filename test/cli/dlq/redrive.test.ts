import { expect, test } from 'vitest';
import { type DlqMessage, readDeadMessage } from '../../../cli/dlq/dead-letter.ts';
import { type RedrivePorts, type Resent, redrive } from '../../../cli/dlq/redrive.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';

interface World {
  readonly queue: DlqMessage[];
  readonly sent: string[];
  readonly madeVisible: string[];
  readonly ports: RedrivePorts;
}

let made = 0;
const message = (body: string): DlqMessage => {
  made += 1;
  return { messageId: `m${made}`, receiptHandle: `r${made}`, body, sentAt: unixMillis(1), attributes: {} };
};

/** A DLQ that gives each message once, two at a time. */
function world(
  bodies: readonly string[],
  resend: (body: string) => Promise<Resent>,
  isStopped = () => false,
): World {
  const queue = bodies.map(message);
  const received = new Set<DlqMessage>();
  const sent: string[] = [];
  const madeVisible: string[] = [];
  const ports: RedrivePorts = {
    receive: async () => {
      const batch = queue.filter((one) => !received.has(one)).slice(0, 2);
      for (const one of batch) received.add(one);
      return batch;
    },
    makeVisible: async (messages) => void madeVisible.push(...messages.map(({ body }) => body)),
    delete: async (one) => void queue.splice(queue.indexOf(one), 1),
    read: (one) => readDeadMessage('subscription', one),
    resend: async (what) => {
      const body = what.kind === 'message' ? what.body : '';
      const resent = await resend(body);
      if (resent.kind === 'sent') sent.push(body);
      return resent;
    },
    progress: () => undefined,
    isStopped,
  };
  return { queue, sent, madeVisible, ports };
}

const works = async (): Promise<Resent> => ({ kind: 'sent' });

test('redrive sends every dead letter, and deletes it', async () => {
  const { queue, sent, ports } = world(['a', 'b', 'c'], works);

  const redriven = await redrive(() => true, ports);

  expect(redriven).toMatchObject({ sent: 3, refused: [], cameBack: 0, wasStopped: false });
  expect(sent).toEqual(['a', 'b', 'c']);
  expect(queue).toEqual([]);
});

test('redrive sends only the selected letters, and returns the others', async () => {
  const { queue, sent, madeVisible, ports } = world(['{"id":"x"}', '{"id":"y"}'], works);

  const redriven = await redrive(({ id }) => id === 'y', ports);

  expect(redriven.sent).toBe(1);
  expect(sent).toEqual(['{"id":"y"}']);
  expect(queue.map(({ body }) => body)).toEqual(['{"id":"x"}']);
  expect(madeVisible).toEqual(['{"id":"x"}']);
});

test('a send that fails deletes nothing and returns everything, and its error is thrown', async () => {
  const { queue, madeVisible, ports } = world(['a', 'b'], async (body) => {
    if (body === 'a') throw new Error('no queue');
    return { kind: 'sent' };
  });

  await expect(redrive(() => true, ports)).rejects.toThrow('no queue');

  expect(queue.map(({ body }) => body)).toEqual(['a']);
  expect(madeVisible).toEqual(['a']);
});

test('a refused letter stays, with its reason', async () => {
  const { queue, madeVisible, ports } = world(['{"id":"x"}'], async () => ({
    kind: 'refused',
    reason: 'gone',
  }));

  const redriven = await redrive(() => true, ports);

  expect(redriven).toMatchObject({ sent: 0, refused: [{ id: 'x', reason: 'gone' }] });
  expect(queue).toHaveLength(1);
  expect(madeVisible).toHaveLength(1);
});

test('a letter that was sent in another way is only deleted', async () => {
  const { queue, ports } = world(['a'], async () => ({ kind: 'obsolete' }));

  expect(await redrive(() => true, ports)).toMatchObject({ sent: 0, obsolete: 1, refused: [] });
  expect(queue).toEqual([]);
});

test('a letter that fails again at once is not sent in circles', async () => {
  const circle = world(['a'], async (body) => {
    circle.queue.push(message(body));
    return { kind: 'sent' };
  });

  expect(await redrive(() => true, circle.ports)).toMatchObject({ sent: 1, cameBack: 1 });
  expect(circle.queue).toHaveLength(1);
  expect(circle.madeVisible).toEqual(['a']);
});

test('a queue that returns unselected letters again is read once', async () => {
  const { queue, ports } = world(['{"id":"x"}', '{"id":"y"}'], works);
  const endless = { ...ports, receive: async () => queue.slice(0, 2) };

  expect(await redrive(({ id }) => id === 'y', endless)).toMatchObject({ sent: 1 });
  expect(queue).toHaveLength(1);
});

test('Ctrl-C finishes the current letters, and leaves the rest', async () => {
  const sentBeforeStop = 2;
  const stopping = world(['a', 'b', 'c', 'd'], works, () => stopping.sent.length >= sentBeforeStop);

  expect(await redrive(() => true, stopping.ports)).toMatchObject({ sent: 2, wasStopped: true });
  expect(stopping.queue.map(({ body }) => body)).toEqual(['c', 'd']);
});
