import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HandlerEvent } from '../../lambdas/domain/handler.ts';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import { parsePayload } from '../../lambdas/domain/provider/payload.ts';
import type { RemoteTarget } from '../../lambdas/domain/target.ts';
import {
  deduplicationOf,
  executionName,
  groupOf,
  maxTargetBytes,
} from '../../lambdas/domain/target-message.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { targetMessage } from '../../lambdas/inbound/targets/target-message.ts';
import { memoryBucket } from '../support/memory/bucket.ts';

const bus: RemoteTarget = { kind: 'bus', at: 0 };

const eventOf = (body: string | Uint8Array, changes: Partial<HandlerEvent> = {}): HandlerEvent => ({
  id: 'evt_1',
  type: 'invoice.paid',
  source: 'stripe',
  provider: 'stripe',
  receivedAt: unixMillis(1_795_000_000_000),
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(body as string),
  payload: parsePayload(Buffer.from(body as string), catalogue.stripe.body),
  ...changes,
});

async function textOf(event: HandlerEvent, target: RemoteTarget = bus) {
  const bucket = memoryBucket();
  const { text, group } = await targetMessage(event, target, { putBody: bucket.put, bucket: 'payloads' });
  return { text, group, stored: [...bucket.objects] };
}

describe('the message of a target', () => {
  it('has the event’s id, key, type, source, provider, time and headers, and the payload', async () => {
    const { text, stored } = await textOf(eventOf('{"amount":1}'));

    expect(JSON.parse(text)).toEqual({
      v: 1,
      id: 'evt_1',
      key: 'stripe#evt_1',
      type: 'invoice.paid',
      source: 'stripe',
      provider: 'stripe',
      receivedAt: 1_795_000_000_000,
      headers: { 'content-type': 'application/json' },
      payload: { amount: 1 },
    });
    expect(stored).toEqual([]);
  });

  it('has a JSON body as the provider wrote it: numbers beyond 2^53, the order of names and 1.0', async () => {
    const { text } = await textOf(eventOf('\ufeff {"b":9007199254740993,"a":1.0,"b":2}\n'));

    expect(text).toMatch(/,"payload":\{"b":9007199254740993,"a":1\.0,"b":2\}\}$/);
  });

  it('is JSON that SQS takes, whatever the body is', async () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.json().map((text) => Buffer.from(text)),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(JSON.stringify({ [text]: `\ufffe${text}` }))),
    );
    await fc.assert(
      fc.asyncProperty(body, async (bytes) => {
        const { text } = await textOf(eventOf(bytes));
        const read = JSON.parse(text);

        expect(text).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u);
        const isWhole =
          'bodyBase64' in read
            ? Buffer.from(read.bodyBase64, 'base64').equals(Buffer.from(bytes))
            : 'body' in read
              ? Buffer.from(read.body).equals(Buffer.from(bytes))
              : JSON.stringify(read.payload) ===
                JSON.stringify(
                  JSON.parse(
                    Buffer.from(bytes)
                      .toString('utf8')
                      .replace(/^\ufeff/, ''),
                  ),
                );
        expect(isWhole).toBe(true);
      }),
    );
  });

  it('has the parsed payload of a form, and its text', async () => {
    const body = 'payload=%7B%22a%22%3A1%7D';
    const { text } = await textOf(eventOf(body, { payload: { a: 1 } }));

    expect(JSON.parse(text)).toMatchObject({ payload: { a: 1 }, body });
  });

  it('names the object of a body over the limit, which is in the bucket before', async () => {
    const body = JSON.stringify({ filling: 'x'.repeat(300_000) });
    const { text, stored } = await textOf(eventOf(body));
    const key = `inbound/stripe/${createHash('sha256').update(body).digest('hex')}`;

    expect(JSON.parse(text)).toMatchObject({
      key: 'stripe#evt_1',
      bodyS3: { bucket: 'payloads', key, bytes: Buffer.byteLength(body) },
    });
    expect(JSON.parse(text)).not.toHaveProperty('payload');
    expect(stored.map(([name, bytes]) => [name, Buffer.from(bytes).toString()])).toEqual([[key, body]]);
  });

  it('stays whole up to the limit of its kind, and no byte further', async () => {
    const bare = (await textOf(eventOf('""'))).text.length;
    for (const kind of ['bus', 'function'] as const) {
      const fits = maxTargetBytes[kind] - bare;
      const target: RemoteTarget = { kind, at: 0 };
      const whole = await textOf(eventOf(JSON.stringify('x'.repeat(fits))), target);
      const over = await textOf(eventOf(JSON.stringify('x'.repeat(fits + 1))), target);
      expect([kind, whole.stored.length, over.stored.length]).toEqual([kind, 0, 1]);
    }
  });
});

describe('ids for deduplication', () => {
  const messageOf = (id: string, source = 'stripe', group?: string) => ({
    key: `${source}#${id}`,
    id,
    type: 't',
    source,
    text: '{}',
    group,
  });

  it('an execution is named by the event’s id, or by a hash where the name could not have it', () => {
    expect(executionName(messageOf('evt_1'))).toBe('stripe_evt_1');
    expect(executionName(messageOf('a b'))).toMatch(/^stripe__[0-9a-f]{32}$/);
    expect(executionName(messageOf('_x'))).toMatch(/^stripe__[0-9a-f]{32}$/);
    expect(executionName(messageOf('x'.repeat(700), 's'.repeat(40)))).toHaveLength(74);
  });

  it('executions of different events have different names', () => {
    const id = fc.oneof(fc.stringMatching(/^[\w-]{1,6}$/), fc.string({ minLength: 1, maxLength: 4 }));
    const source = fc.constantFrom('a', 'a-b', 'a-b-c');
    fc.assert(
      fc.property(id, source, id, source, (one, from, other, to) => {
        const [a, b] = [messageOf(one, from), messageOf(other, to)];
        expect(executionName(a) === executionName(b)).toBe(a.key === b.key);
        expect(executionName(a)).toMatch(/^[\w-]{1,80}$/);
      }),
    );
  });

  it('an event of a FIFO queue is its own group, unless a field groups it', async () => {
    const ordered: RemoteTarget = { kind: 'queue', at: 0, isFifo: true, groupBy: ['customer', 'id'] };
    const grouped = async (payload: unknown) => (await textOf(eventOf('{}', { payload }), ordered)).group;

    expect(await grouped({ customer: { id: 'cus_1' } })).toBe('cus_1');
    expect(await grouped({ customer: { id: 7 } })).toBe('7');
    expect(await grouped({ customer: { id: '' } })).toBeUndefined();
    expect(await grouped({ customer: null })).toBeUndefined();
    expect(groupOf(messageOf('evt_1'), true)).toBe('stripe#evt_1');
    expect(groupOf(messageOf('evt_1'), false)).toBeUndefined();
    expect(groupOf(messageOf('evt_1', 'stripe', 'cus_1'), false)).toBe('cus_1');
    expect(groupOf(messageOf('evt_1', 'stripe', 'Ä'), true)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('a deduplication id is a hash of the key', () => {
    expect(deduplicationOf(messageOf('a b'))).toMatch(/^[0-9a-f]{64}$/);
    expect(deduplicationOf(messageOf('evt_1'))).not.toBe(deduplicationOf(messageOf('evt_1', 'other')));
  });
});
