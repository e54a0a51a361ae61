import { describe, expect, it, test } from 'vitest';
import type { DlqMessage } from '../../../cli/dlq/dead-letter.ts';
import { type MovePorts, moveEvents } from '../../../cli/kept/move-events.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';

let made = 0;
const message = (body: string, attributes: Record<string, string> = {}): DlqMessage => {
  made += 1;
  return { messageId: `m${made}`, receiptHandle: `r${made}`, body, sentAt: unixMillis(1), attributes };
};

const heading = { v: 1, provider: 'stripe', type: 'invoice.paid', receivedAt: 1, correlationId: 'c' };
const event = (id: string, source = 'stripe', where: object = { body: '{}' }) =>
  JSON.stringify({ ...heading, source, id, headers: {}, ...where });
const letter = (original: string, kind = 'inbound') =>
  JSON.stringify({ v: 1, kind, id: 'stripe#x', reason: 'it broke', at: 1, attempts: 7, message: original });

interface World {
  /** What is left over. */
  readonly queue: DlqMessage[];
  readonly sent: { body: string; attributes: Readonly<Record<string, string>> }[];
  readonly madeVisible: string[];
  ports(changed?: Partial<MovePorts>): MovePorts;
}

/** A queue that hides received messages until they are returned. Those of a killed run are visible again for the next one. */
function world(...messages: DlqMessage[]): World {
  const queue = [...messages];
  const sent: World['sent'] = [];
  const madeVisible: string[] = [];
  return {
    queue,
    sent,
    madeVisible,
    ports: (changed = {}) => {
      const hidden = new Set<DlqMessage>();
      return {
        receive: async () => {
          const batch = queue.filter((one) => !hidden.has(one)).slice(0, 3);
          for (const one of batch) hidden.add(one);
          return batch;
        },
        makeVisible: async (back) => void madeVisible.push(...back.map(({ messageId }) => messageId)),
        delete: async (one) => void queue.splice(queue.indexOf(one), 1),
        send: async (one) => void sent.push(one),
        obstacle: async () => undefined,
        progress: () => undefined,
        isStopped: () => false,
        ...changed,
      };
    },
  };
}

test('every event of the source is moved unchanged, with its attributes', async () => {
  const { queue, sent, ports } = world(message(event('e1'), { shopDomain: 'a' }), message(event('e2')));

  expect(await moveEvents('stripe', ports())).toEqual({
    moved: 2,
    staying: [],
    ofOthers: {},
    wasStopped: false,
    isWhole: true,
  });
  expect(sent).toEqual([
    { body: event('e1'), attributes: { shopDomain: 'a', source: 'stripe', eventType: 'invoice.paid' } },
    { body: event('e2'), attributes: { source: 'stripe', eventType: 'invoice.paid' } },
  ]);
  expect(queue).toEqual([]);
});

test('a dead letter is unwrapped, and one that SQS moved goes unchanged', async () => {
  const { sent, ports } = world(message(letter(event('e1'))), message(event('e2')));

  await moveEvents('stripe', ports());

  expect(sent.map(({ body }) => body)).toEqual([event('e1'), event('e2')]);
});

test('a dead letter whose event contains another dead letter keeps that body', async () => {
  const inner = event('e1', 'stripe', { body: letter('x') });
  const { sent, ports } = world(message(letter(inner)));

  await moveEvents('stripe', ports());

  expect(sent[0]?.body).toBe(inner);
});

test('events of other sources stay, and are counted', async () => {
  const names = ['stripe-2', 'Stripe', 'github', 'github', '__proto__'];
  const { queue, sent, madeVisible, ports } = world(...names.map((name) => message(event('e', name))));

  const { moved, ofOthers } = await moveEvents('stripe', ports());

  expect({ moved, sent }).toEqual({ moved: 0, sent: [] });
  expect(Object.entries(ofOthers).toSorted()).toEqual(
    Object.entries({ Stripe: 1, github: 2, 'stripe-2': 1, ['__proto__']: 1 }).toSorted(),
  );
  expect(madeVisible.toSorted()).toEqual(queue.map(({ messageId }) => messageId).toSorted());
});

describe('a message that is not an event of a source', () => {
  const secret = 'sk_live_secret';
  it.each([
    ['no JSON', `{${secret}`],
    ['text', `"${secret}"`],
    ['null', 'null'],
    ['empty', ''],
    ['another version', event('e1').replace('"v":1', '"v":2')],
    [
      'an event without a body',
      JSON.stringify({ ...heading, source: 'stripe', id: 'e1', headers: {}, note: secret }),
    ],
    ['an id that is a number', event('e1').replace('"id":"e1"', '"id":1')],
    ['a dead letter of what is no JSON', letter(`{${secret}`)],
    ['a dead letter in a dead letter', letter(letter(event('e1')))],
    ['a task of a delivery', JSON.stringify({ v: 1, deliveryId: secret })],
    ['a dead letter of publishing', letter(JSON.stringify({ type: 'a', data: secret }), 'publish')],
  ])(
    'a message that is not an event of a source (%s) stays, and is named without its payload',
    async (_, body) => {
      const unreadable = message(body);
      const { queue, sent, madeVisible, ports } = world(unreadable, message(event('e2')));

      const { moved, staying } = await moveEvents('stripe', ports());

      expect(moved).toBe(1);
      expect(staying).toEqual([{ id: unreadable.messageId, reason: expect.stringMatching(/^message is /) }]);
      expect(JSON.stringify(staying)).not.toContain(secret);
      expect(sent.map((one) => one.body)).toEqual([event('e2')]);
      expect(queue).toEqual([unreadable]);
      expect(madeVisible).toEqual([unreadable.messageId]);
    },
  );
});

test.each([
  ['{}', 'message is malformed: v: missing'],
  [event('e1').replace('"id":"e1"', '"id":1'), 'message is malformed: id: expected string, received number'],
  ['[]', 'message is malformed: (the whole message): expected Object, received array'],
])('a message (%s) stays, and its first fault is named', async (body, reason) => {
  const { ports } = world(message(body));

  expect(await moveEvents('stripe', ports())).toMatchObject({ staying: [{ reason }] });
});

test('an event that the consumer could not handle stays, with the reason', async () => {
  const { queue, ports } = world(message(event('e1', 'stripe', { bodyS3: 'inbound/stripe/x' })));
  const obstacle = async () => 'its body is not there';

  expect(await moveEvents('stripe', ports({ obstacle }))).toMatchObject({
    moved: 0,
    staying: [{ id: 'stripe#e1', reason: 'its body is not there' }],
  });
  expect(queue).toHaveLength(1);
});

test('a queue that returns its remaining messages again is read once', async () => {
  const { queue, ports } = world(message(event('e', 'github')), message(event('e2', 'github')));
  const endless = { ...ports(), receive: async () => queue.slice(0, 2) };

  expect(await moveEvents('stripe', endless)).toMatchObject({
    moved: 0,
    isWhole: false,
    ofOthers: { github: 2 },
  });
});

test('Ctrl-C finishes the current events, and leaves the rest', async () => {
  const stopping = world(...['1', '2', '3', '4', '5'].map((id) => message(event(id))));
  const isStopped = () => stopping.sent.length > 0;

  expect(await moveEvents('stripe', stopping.ports({ isStopped }))).toMatchObject({
    moved: 3,
    wasStopped: true,
  });
  expect(stopping.queue).toHaveLength(2);
});

test('an error leaves no other event between its send and its delete', async () => {
  const [failing, slow] = [message(event('e1')), message(event('e2'))];
  const { queue, sent, madeVisible, ports } = world(failing, slow);
  const usual = ports();
  const send: MovePorts['send'] = async (one) => {
    if (one.body === failing.body) throw new Error('SQS refuses');
    await new Promise((resolve) => setImmediate(resolve));
    await usual.send(one);
  };

  await expect(moveEvents('stripe', { ...usual, send })).rejects.toThrow('SQS refuses');

  expect(sent.map(({ body }) => body)).toEqual([slow.body]);
  expect(queue).toEqual([failing]);
  expect(madeVisible).toEqual([failing.messageId]);
});

class Killed extends Error {}

/** Kills the run before or after its nth call of the outside world. */
function killedAt(ports: MovePorts, nth: number, when: 'before' | 'after'): MovePorts {
  let calls = 0;
  const killing =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      calls += 1;
      const isLast = calls >= nth;
      if (calls > nth || (isLast && when === 'before')) throw new Killed();
      const result = await call(...args);
      if (isLast) throw new Killed();
      return result;
    };
  return {
    ...ports,
    receive: killing(ports.receive),
    makeVisible: killing(ports.makeVisible),
    delete: killing(ports.delete),
    send: killing(ports.send),
    obstacle: killing(ports.obstacle),
  };
}

describe('a run that is killed at any call loses nothing, and the next one finishes', () => {
  const ids = ['1', '2', '3', '4', '5'];
  const everything = () => [
    ...ids.map((id) => message(id === '3' ? letter(event(id)) : event(id))),
    message(event('x', 'github')),
    message('no JSON'),
  ];
  // 3 to 4 receives, 5 each of obstacle, send and delete, and what is given back.
  const points = Array.from({ length: 22 }, (_, nth) => nth + 1).flatMap((nth) =>
    (['before', 'after'] as const).map((when) => [when, nth] as const),
  );

  it.each(points)(
    'a run that is killed at %s call %i loses nothing, and the next one finishes',
    async (when, nth) => {
      const { queue, sent, ports } = world(...everything());

      await moveEvents('stripe', killedAt(ports(), nth, when)).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
      const there = [...queue.map(({ body }) => body), ...sent.map(({ body }) => body)];
      for (const id of ids)
        expect(there.some((body) => body.includes(event(id)) || body === letter(event(id)))).toBe(true);

      expect(await moveEvents('stripe', ports())).toMatchObject({ isWhole: true });
      expect(new Set(sent.map(({ body }) => body))).toEqual(new Set(ids.map((id) => event(id))));
      expect(queue.map(({ body }) => body)).toEqual([event('x', 'github'), 'no JSON']);
    },
  );

  it('every call is among those at which a run is killed', async () => {
    const { ports } = world(...everything());

    await expect(moveEvents('stripe', killedAt(ports(), 20, 'before'))).rejects.toThrow(Killed);
    await moveEvents('stripe', killedAt(ports(), 23, 'before'));
  });
});
