import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seconds, unixMillis } from '../../lambdas/domain/time.ts';
import { memoryReceiver, requestOf } from '../fakes/inbound-receiver.ts';

const now = 1_795_000_000;
const hmac = { signatureHeader: 'x-signature', algorithm: 'sha256', encoding: 'hex', prefix: '' } as const;
const plain = { provider: 'hmac', hmac };
const day = 86_400;

const version = (value: string, createdAt = now - 60) => ({ value, createdAt: unixMillis(createdAt * 1000) });
const signed = (body: string | Uint8Array, key = 'secret', ip?: string) =>
  requestOf(body, { 'x-signature': createHmac('sha256', key).update(body).digest('hex') }, ip);

describe('receive, and the source’s secret', () => {
  it('answers 503 while there is none, and finds the first one at once', async () => {
    const receiver = memoryReceiver({ ...plain, name: 'partner' }, {});

    expect(await receiver.receive(signed('{}'), now)).toMatchObject({
      status: 503,
      error: 'secret_not_set',
      reason: 'set it with: hookline secrets set partner',
    });
    receiver.state.secret = { current: version('secret', now) };
    expect(await receiver.receive(signed('{}'), now)).toMatchObject({ kind: 'accepted' });
  });

  it('answers 503 when it cannot be read', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret') });
    receiver.state.secretError = new Error('throttled');

    expect(await receiver.receive(signed('{}'), now)).toMatchObject({ status: 503, error: 'unavailable' });
  });

  it('takes a rotated key as soon as the last read is two seconds ago', async () => {
    const receiver = memoryReceiver(plain, { current: version('old', now - 40 * day) });
    await receiver.receive(signed('{}', 'old'), now);
    receiver.state.secret = { current: version('new', now), previous: version('old', now - 40 * day) };

    expect(await receiver.receive(signed('{}', 'new'), now + 1)).toMatchObject({ status: 401 });
    expect(await receiver.receive(signed('{}', 'new'), now + 2)).toMatchObject({ kind: 'accepted' });
    expect(await receiver.receive(signed('{}', 'old'), now + 2)).toMatchObject({ kind: 'accepted' });
  });

  it('takes the previous key until the overlap ends, then no more', async () => {
    const receiver = memoryReceiver(
      { ...plain, rotationOverlap: seconds(day) },
      { current: version('new', now), previous: version('old', now - 40 * day) },
    );

    expect(await receiver.receive(signed('{}', 'old'), now + day - 1)).toMatchObject({ kind: 'accepted' });
    expect(await receiver.receive(signed('{}', 'old'), now + day)).toMatchObject({ status: 401 });
  });

  it('does not let a placeholder become a key through the previous stage', async () => {
    for (const placeholder of ['unset', 'UNSET', ' unset\n', '', ' ']) {
      const receiver = memoryReceiver(plain, { current: version('secret'), previous: version(placeholder) });

      expect(await receiver.receive(signed('{}', placeholder), now)).toMatchObject({ status: 401 });
    }
  });

  it('overlooks white space around a pasted secret', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret\n') });

    expect(await receiver.receive(signed('{}'), now)).toMatchObject({ kind: 'accepted' });
  });

  it('reads at most once in two seconds, however much forged traffic comes', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret', now - 2 * day) });

    for (let request = 0; request < 100; request++) {
      expect(await receiver.receive(signed('{}', 'forged'), now)).toMatchObject({ status: 401 });
    }

    expect(receiver.state.reads).toBe(1);
  });

  it('keeps what it read for five minutes', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret', now - 2 * day) });

    await receiver.receive(signed('{}'), now);
    await receiver.receive(signed('{}'), now + 299);
    expect(receiver.state.reads).toBe(1);
    await receiver.receive(signed('{}'), now + 300);
    expect(receiver.state.reads).toBe(2);
  });

  it('answers 503, not 401, when a signature does not verify and the secret cannot be read again', async () => {
    const receiver = memoryReceiver(plain, { current: version('old', now - 2 * day) });
    await receiver.receive(signed('{}', 'old'), now);
    receiver.state.secretError = new Error('throttled');

    expect(await receiver.receive(signed('{}', 'new'), now + 10)).toMatchObject({ status: 503 });
    expect(await receiver.receive(signed('{}', 'old'), now + 10)).toMatchObject({ kind: 'accepted' });
  });

  it('lets a list of keys decide alone', async () => {
    const receiver = memoryReceiver(plain, {
      current: version('{"keys":[{"key":"new"}]}', now),
      previous: version('old', now - 40 * day),
    });

    expect(await receiver.receive(signed('{}', 'new'), now)).toMatchObject({ kind: 'accepted' });
    expect(await receiver.receive(signed('{}', 'old'), now)).toMatchObject({ status: 401 });
  });
});
