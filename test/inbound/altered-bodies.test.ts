import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { defineHandlers, PermanentFailure } from '../../lambdas/domain/handler.ts';
import { deflated } from '../../lambdas/domain/stored-text.ts';
import { replayEvent } from '../../lambdas/inbound/replay.ts';
import { inboundWorld, stripeMessage } from '../support/worlds/inbound-world.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const body = '{"id":"evt_1","type":"invoice.paid"}';
const key = `inbound/stripe/${sha256(body)}`;
const stored = (bodyS3: string) => stripeMessage('evt_1', { body: undefined, bodyS3 });

function world(handle: () => Promise<void> = async () => undefined) {
  const handled: string[] = [];
  const handlers = defineHandlers('stripe', {
    'invoice.paid': async (event) => {
      handled.push(Buffer.from(event.body).toString());
      await handle();
    },
  });
  return { ...inboundWorld(handlers), handled };
}

describe('a body in the bucket', () => {
  test('a body in the bucket is handled as it was received', async () => {
    const { bodies, send, turn, handled } = world();
    bodies.set(key, Buffer.from(body));
    send(stored(key));

    await turn();

    expect(handled).toEqual([body]);
  });

  test.each([
    ['that was altered', key, 'its body in the bucket is not the one that was stored'],
    ['of another source', `inbound/github/${sha256(body)}`, "its body's key must begin with inbound/stripe/"],
    ['that is sent', `outbound/${sha256(body)}`, "its body's key must begin with"],
  ])('a body %s is never handled: it ends in the DLQ with the reason', async (_what, bodyS3, reason) => {
    const { bodies, send, turn, handled, deadLetters, queue } = world();
    bodies.set(
      bodyS3,
      Buffer.from(bodyS3 === key ? '{"id":"evt_1","type":"invoice.paid","forged":1}' : body),
    );
    send(stored(bodyS3));

    await turn();

    expect(handled).toEqual([]);
    expect(deadLetters).toMatchObject([{ kind: 'inbound', reason: expect.stringContaining(reason) }]);
    expect(queue.size).toBe(0);
  });
});

describe('an event that was kept', () => {
  async function failed() {
    let runs = 0;
    const it = world(async () => {
      if (runs++ === 0) throw new PermanentFailure('no');
    });
    it.send(stripeMessage('evt_1', { body: JSON.stringify({ filling: 'x'.repeat(33_000) }) }));
    await it.turn();
    const keptKey = it.inboundEvents.records.get('stripe#evt_1')?.keptBody ?? '';
    return { ...it, keptKey, replay: () => replayEvent('stripe#evt_1', it.clock.now, it.ports) };
  }

  test('a kept event lies under its source, named by the hash of its content', async () => {
    const { keptKey, bodies } = await failed();

    expect(keptKey).toBe(`inbound/stripe/kept/${sha256(Buffer.from(bodies.get(keptKey) ?? []).toString())}`);
  });

  test('a kept event that was altered is not replayed, and the reason is given', async () => {
    const { keptKey, bodies, replay, queue } = await failed();
    bodies.set(keptKey, Buffer.from(stripeMessage('evt_1', { body: '{"forged":1}' })));

    expect(await replay()).toEqual({
      kind: 'refused',
      reason: `stripe#evt_1: its body in the bucket is not the one that was stored as ${keptKey}`,
    });
    expect(queue.size).toBe(0);
  });

  test('an event that was kept in the record of another event is not replayed', async () => {
    const { inboundEvents, replay, queue } = await failed();
    const record = inboundEvents.records.get('stripe#evt_1');
    const keptMessage = stripeMessage('evt_2');
    if (record !== undefined) inboundEvents.records.set('stripe#evt_1', { ...record, keptMessage });

    expect(await replay()).toEqual({
      kind: 'refused',
      reason: 'stripe#evt_1: another event was kept in its place',
    });
    expect(queue.size).toBe(0);
  });

  test('a kept event that is damaged in its record is not replayed, and the reason is given', async () => {
    const { inboundEvents, replay, queue } = await failed();
    const record = inboundEvents.records.get('stripe#evt_1');
    const keptMessage = deflated(stripeMessage('evt_1')).subarray(0, -1);
    if (record !== undefined) inboundEvents.records.set('stripe#evt_1', { ...record, keptMessage });

    expect(await replay()).toEqual({
      kind: 'refused',
      reason: `stripe#evt_1: its compressed body in the table is damaged (${keptMessage.byteLength} bytes)`,
    });
    expect(queue.size).toBe(0);
  });

  test('a kept event that is compressed in its record is replayed', async () => {
    const { inboundEvents, replay, queue } = await failed();
    const record = inboundEvents.records.get('stripe#evt_1');
    const keptMessage = deflated(stripeMessage('evt_1'));
    if (record !== undefined) inboundEvents.records.set('stripe#evt_1', { ...record, keptMessage });

    expect(await replay()).toEqual({ kind: 'replayed', eventType: 'invoice.paid' });
    expect(queue.size).toBe(1);
  });

  test('a kept event of version 0.1.0 is replayed, and another event in its place is not', async () => {
    const { inboundEvents, bodies, replay } = await failed();
    const early = `inbound/kept/stripe/${sha256('stripe#evt_1')}`;
    const record = inboundEvents.records.get('stripe#evt_1');
    if (record !== undefined) inboundEvents.records.set('stripe#evt_1', { ...record, keptBody: early });
    bodies.set(early, Buffer.from(stripeMessage('evt_2')));

    expect(await replay()).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('another event'),
    });
    bodies.set(early, Buffer.from(stripeMessage('evt_1')));
    expect(await replay()).toEqual({ kind: 'replayed', eventType: 'invoice.paid' });
  });
});
