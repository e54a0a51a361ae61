import { describe, expect, it } from 'vitest';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

const endpoint = { id: 'acme-prod', url: 'https://acme.example/hooks' };
const message = { id: 'inv-42', type: 'invoice.paid', data: { amount: 1200 }, endpoint };

/** As SNS puts a message onto the queue with raw delivery off. */
const envelope = (text: string) => ({
  Type: 'Notification',
  MessageId: '7c1a3f0e-0000-4000-8000-000000000001',
  TopicArn: 'arn:aws:sns:us-east-1:000000000000:Topic',
  Message: text,
  Timestamp: '2026-11-23T12:00:00.000Z',
});

describe('λ publish', () => {
  it.each([
    ['no tenant and no endpoint', { ...message, endpoint: undefined }, /^tenant: missing/],
    ['an endpoint without URL and tenant', { ...message, endpoint: { id: 'x' } }, /^tenant: missing/],
    [
      'an endpoint that is not there',
      { ...message, tenant: 'acme', endpoint: { id: 'x' } },
      /^endpoint\.id: /,
    ],
    ['no type', { ...message, type: undefined }, /^type: is missing$/],
    ['a type with a space', { ...message, type: 'a b' }, /^type: /],
    ['a full stop in the id', { ...message, id: 'a.b' }, /^id: .*full stop/],
    ['an id that is a number', { ...message, id: 5 }, /^id: /],
    ['a tenant with #', { ...message, tenant: 'a#b' }, /^tenant: /],
    ['a tenant that is a place in a path', { ...message, tenant: '..' }, /^tenant: expected .* neither/],
    ['an endpoint that is one', { ...message, endpoint: { ...endpoint, id: 'a/../b' } }, /^endpoint\.id: /],
    [
      'a URL of two readings',
      { ...message, endpoint: { id: 'x', url: 'https:a.example' } },
      /: expected a URL/,
    ],
    [
      'a type of 300',
      { ...message, type: 'x'.repeat(300) },
      /^type: expected 1 to 128 .*, got 300 characters$/,
    ],
    ['no data', { ...message, data: undefined }, /^data: /],
    ['a URL that is none', { ...message, endpoint: { id: 'x', url: 'nowhere' } }, /^endpoint\.url: /],
    ['ftp', { ...message, endpoint: { id: 'x', url: 'ftp://acme.example/' } }, /^endpoint\.url: /],
    ['an array', [message], /^\(the whole message\)/],
    [
      'a slip in endpoint, which would reach the whole tenant',
      { ...message, tenant: 'acme', endpoint: undefined, endpiont: { id: 'x' } },
      /^endpiont: is unknown; expected one of data, endpoint, id, tenant, type$/,
    ],
    [
      'an endpoint by another name',
      { ...message, tenant: 'acme', endpointId: 'x' },
      /^endpointId: is unknown/,
    ],
    ['a name that differs in case', { ...message, Tenant: 'acme' }, /^Tenant: is unknown/],
    ['an id by another name', { ...message, eventId: 'inv-42' }, /^eventId: is unknown/],
    [
      'a slip in generation',
      { ...message, tenant: 'acme', endpoint: { id: 'x', generaton: 'gen_1' } },
      /^endpoint\.generaton: is unknown; expected one of generation, id, url$/,
    ],
    [
      'a slip in url',
      { ...message, tenant: 'acme', endpoint: { id: 'x', URL: 'https://a.example' } },
      /^endpoint\.URL: /,
    ],
    ['a name that every object has', { ...message, constructor: 1 }, /^constructor: is unknown/],
    ['two unknown fields', { ...message, a: 1, b: 2 }, /^a: is unknown; .*; b: is unknown; /],
    [
      'an unknown name that is no name',
      { ...message, 'x\u001b[31m': 1 },
      /^\(a name of 6 characters\): is unknown/,
    ],
  ])('λ publish sends a message with %s to the publish DLQ, naming the field', async (_name, bad, reason) => {
    const world = outboundWorld();

    await world.publish(bad, message);

    expect(world.deadLetters.map((text) => JSON.parse(text))).toMatchObject([
      { v: 1, kind: 'publish', reason: expect.stringMatching(reason) },
    ]);
    expect(world.report.named('publish.unusable')).toMatchObject([{ reason: expect.stringMatching(reason) }]);
    expect(world.events.events.size).toBe(1);
    expect(world.publishQueue.contents()).toEqual([]);
  });

  it('λ publish names an unknown __proto__, too', async () => {
    const world = outboundWorld();

    await world.publishQueue.send({
      body: `${JSON.stringify(message).slice(0, -1)},"__proto__":{"tenant":"acme"}}`,
    });
    await world.workOffPublishQueue();

    expect(world.deadLetters.map((text) => JSON.parse(text))).toMatchObject([
      { reason: expect.stringMatching(/^__proto__: is unknown/) },
    ]);
  });

  it('λ publish names only the first of many unknown fields', async () => {
    const world = outboundWorld();
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`f${index}`, index]));

    await world.publish({ ...message, ...many });

    const [{ reason }] = world.deadLetters.map((text) => JSON.parse(text));
    expect(reason).toMatch(/^f0: is unknown/);
    expect(reason.length).toBeLessThan(2_000);
  });

  it('λ publish gives up an invalid range at once', async () => {
    const world = outboundWorld();
    const range = { v: 1, kind: 'range', tenant: 'acme', eventId: 'e1', correlationId: 'm1', range: 'a' };
    for (const wrong of [
      range,
      { ...range, range: '[1,2]' },
      { ...range, range: '{}' },
      { ...range, tenant: 5 },
    ]) {
      await world.publishQueue.send({ body: JSON.stringify(wrong) });
    }
    await world.workOffPublishQueue();

    expect(world.deadLetters).toHaveLength(4);
    expect(world.publishQueue.contents()).toEqual([]);
  });

  it('λ publish accepts a URL without the blanks around it', async () => {
    const world = outboundWorld();

    await world.publish({ ...message, endpoint: { ...endpoint, url: ` ${endpoint.url}\n` } });
    await world.deliverOnce();

    expect(world.requests).toMatchObject([{ url: endpoint.url }]);
  });

  it.each([
    ['a full stop', 'a.b'],
    ['a line end', 'a\r\nx-admin: 1'],
    ['a control character', '\u001b[31m'],
    ['a blank', ' '],
    ['a space', 'a b'],
    ['too many characters', 'a'.repeat(257)],
    ['a letter beyond ASCII', 'é'],
    ['a template', '{body}#'],
  ])('λ publish makes no event of an envelope whose id has %s, and says why', async (_name, MessageId) => {
    const world = outboundWorld();
    const { id: _, ...withoutId } = message;
    for (const inner of [message, withoutId]) {
      const body = JSON.stringify({ ...envelope(JSON.stringify(inner)), MessageId });
      await world.publishQueue.send({ body });
    }
    await world.workOffPublishQueue();

    const entries = world.deadLetters.map((text) => JSON.parse(text));
    const reason = expect.stringMatching(/^MessageId \(of the SNS envelope\): expected 1 to 256 of A-Z/);
    expect(entries).toMatchObject([{ reason }, { reason }]);
    expect(entries.every(({ id }) => /^[A-Za-z0-9_:/+=@-]{1,256}$/.test(id))).toBe(true);
    expect(world.events.events.size).toBe(0);
    if (MessageId !== '') expect(JSON.stringify(world.report)).not.toContain(JSON.stringify(MessageId));
  });

  it('λ publish uses no part of an event whose id breaks the rule', async () => {
    const world = outboundWorld();
    const range = {
      v: 1,
      kind: 'range',
      tenant: 'acme',
      eventId: 'a.b#c',
      correlationId: 'm',
      range: '[null,null]',
    };
    await world.publishQueue.send({ body: JSON.stringify(range) });
    await world.workOffPublishQueue();

    expect(world.deadLetters.map((text) => JSON.parse(text))).toMatchObject([
      { kind: 'publish', reason: expect.stringMatching(/^type: /) },
    ]);
  });

  it('λ publish writes the id into a message that it gives up, so that a redrive makes no second event', async () => {
    const world = outboundWorld();

    await world.publishQueue.send({
      body: JSON.stringify(envelope('{"type":"a b","data":12345678901234567890}')),
    });
    await world.workOffPublishQueue();

    const { id, message: original } = JSON.parse(world.deadLetters[0] ?? '');
    expect(id).toBe('7c1a3f0e-0000-4000-8000-000000000001');
    expect(original).toBe(`{"id":"${id}","type":"a b","data":12345678901234567890}`);
  });

  it.each([
    ['a blank', ' '],
    ['no JSON', 'nonsense'],
    ['a number', '1.0'],
    ['half an object', '{"type":'],
    ['what is nested without end', '['.repeat(100_000)],
    ['an object nested without end', `{"type":"a","data":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
  ])('λ publish sends %s unchanged to the DLQ', async (_name, text) => {
    const world = outboundWorld();

    await world.publishQueue.send({ body: text });
    await world.workOffPublishQueue();

    expect(world.deadLetters.map((entry) => JSON.parse(entry).message)).toEqual([text]);
  });

  it('λ publish sends a message of nearly 1 MiB to the DLQ without the envelope, which would not fit', async () => {
    const world = outboundWorld();
    const text = JSON.stringify({ type: 'a b', data: '"'.repeat(500_000) });

    await world.publishQueue.send({ body: text });
    await world.workOffPublishQueue();

    expect(world.deadLetters).toEqual([text]);
  });
});
