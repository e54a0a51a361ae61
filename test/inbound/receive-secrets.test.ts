import { createHmac, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seconds, unixMillis } from '../../lambdas/domain/time.ts';
import { memoryReceiver, requestOf } from '../support/worlds/inbound-receiver.ts';

const now = 1_795_000_000;
const hmac = { signatureHeader: 'x-signature', algorithm: 'sha256', encoding: 'hex', prefix: '' } as const;
const plain = { provider: 'hmac', hmac };
const day = 86_400;
const publicKey = String(
  generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }),
).trim();

const version = (value: string, createdAt = now - 60) => ({ value, createdAt: unixMillis(createdAt * 1000) });
const signed = (body: string | Uint8Array, key = 'secret', ip?: string) =>
  requestOf(body, { 'x-signature': createHmac('sha256', key).update(body).digest('hex') }, ip);

describe('the secret of a source', () => {
  it('a source without a secret responds with 503, and uses the first secret within two seconds', async () => {
    const receiver = memoryReceiver({ ...plain, name: 'partner' }, {});

    expect(await receiver.receive(signed('{}'), now)).toMatchObject({
      status: 503,
      error: 'secret_not_set',
      reason: 'set it with: hookline secrets set partner',
    });
    receiver.state.secret = { current: version('secret', now) };
    // Not at once: a read for each request without a secret costs without bound.
    expect(await receiver.receive(signed('{}'), now + 1)).toMatchObject({ error: 'secret_not_set' });
    expect(await receiver.receive(signed('{}'), now + 2)).toMatchObject({ kind: 'accepted' });
  });

  it.each([
    ['a placeholder', 'unset', 'a placeholder, not a secret'],
    ['a placeholder in quotes', '"<your secret>"', 'a placeholder, not a secret'],
    ['JSON', '{"hush":1}', 'JSON, not a secret'],
    ['a name with a value', 'WEBHOOK_SECRET=hush', 'a name with a value, not a secret'],
    ['a public key', publicKey, 'a public key, not a secret'],
    ['a public key in quotes', `"${publicKey}"`, 'a public key, not a secret'],
    ['a malformed list', '{"keys":[]}', 'something that is not a key of this provider'],
  ])('the reason says that the secret is %s, without its value', async (_kind, value, said) => {
    const receiver = memoryReceiver({ ...plain, name: 'partner' }, { current: version(value) });
    const reason = expect.stringMatching(`^it holds ${said}.*; set it with: hookline secrets set partner$`);

    const answer = await receiver.receive(signed('{}'), now);

    expect(answer).toMatchObject({ status: 503, error: 'secret_not_set', reason });
    expect(JSON.stringify(answer)).not.toContain(value.slice(30, 60) || value);
    expect(JSON.stringify(answer)).not.toContain('hush');
  });

  it.each([
    ['it has no version', {}],
    ['it is a placeholder', { current: version('unset') }],
    [
      'all its keys have ended',
      { current: version('{"keys":[{"key":"a","notAfter":"2020-01-01T00:00:00Z"}]}') },
    ],
  ])('the secret is read once in two seconds while %s', async (_state, secret) => {
    const receiver = memoryReceiver(plain, secret);
    for (let request = 0; request < 1000; request++)
      expect(await receiver.receive(signed('{}'), now)).toMatchObject({ error: 'secret_not_set' });

    expect(receiver.state.reads).toBe(1);
    await receiver.receive(signed('{}'), now + 2);
    expect(receiver.state.reads).toBe(2);
  });

  it('a secret that cannot be read is read once in two seconds, until that works again', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret', now - 2 * day) });
    receiver.state.secretError = new Error('throttled');
    for (let request = 0; request < 1000; request++)
      expect(await receiver.receive(signed('{}'), now)).toMatchObject({ status: 503, error: 'unavailable' });

    expect(receiver.state.reads).toBe(1);
    receiver.state.secretError = undefined;
    expect(await receiver.receive(signed('{}'), now + 1)).toMatchObject({ status: 503 });
    expect(await receiver.receive(signed('{}'), now + 2)).toMatchObject({ kind: 'accepted' });
  });

  it('forged requests cause one read in two seconds while the secret cannot be read again', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret', now - 2 * day) });
    await receiver.receive(signed('{}'), now);
    receiver.state.secretError = new Error('throttled');
    for (let request = 0; request < 1000; request++) await receiver.receive(signed('{}', 'forged'), now + 10);

    expect(receiver.state.reads).toBe(2);
    expect(await receiver.receive(signed('{}'), now + 10)).toMatchObject({ kind: 'accepted' });
  });

  it('concurrent requests share one read of the secret', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret', now - 2 * day) });
    const all = await Promise.all(Array.from({ length: 100 }, () => receiver.receive(signed('{}'), now)));

    expect(all.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(receiver.state.reads).toBe(1);
  });

  it('a new key works within two seconds after all other keys have ended', async () => {
    const ended = version('{"keys":[{"key":"old","notAfter":"2026-11-18T15:06:50Z"}]}');
    const receiver = memoryReceiver(plain, { current: ended });
    const end = Date.parse('2026-11-18T15:06:50Z') / 1000;
    expect(await receiver.receive(signed('{}', 'old'), end - 60)).toMatchObject({ kind: 'accepted' });
    expect(await receiver.receive(signed('{}', 'old'), end)).toMatchObject({ error: 'secret_not_set' });
    receiver.state.secret = { current: version('new', end) };

    expect(await receiver.receive(signed('{}', 'new'), end + 2)).toMatchObject({ kind: 'accepted' });
  });

  it('the response is 503 when the secret cannot be read', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret') });
    receiver.state.secretError = new Error('throttled');

    expect(await receiver.receive(signed('{}'), now)).toMatchObject({ status: 503, error: 'unavailable' });
  });

  it('a rotated key works as soon as the last read was two seconds ago', async () => {
    const receiver = memoryReceiver(plain, { current: version('old', now - 40 * day) });
    await receiver.receive(signed('{}', 'old'), now);
    receiver.state.secret = { current: version('new', now), previous: version('old', now - 40 * day) };

    expect(await receiver.receive(signed('{}', 'new'), now + 1)).toMatchObject({ status: 401 });
    expect(await receiver.receive(signed('{}', 'new'), now + 2)).toMatchObject({ kind: 'accepted' });
    expect(await receiver.receive(signed('{}', 'old'), now + 2)).toMatchObject({ kind: 'accepted' });
  });

  it('the previous key works until the overlap ends, and not after it', async () => {
    const receiver = memoryReceiver(
      { ...plain, rotationOverlap: seconds(day) },
      { current: version('new', now), previous: version('old', now - 40 * day) },
    );

    expect(await receiver.receive(signed('{}', 'old'), now + day - 1)).toMatchObject({ kind: 'accepted' });
    expect(await receiver.receive(signed('{}', 'old'), now + day)).toMatchObject({ status: 401 });
  });

  it('a placeholder in the previous version is not a key', async () => {
    for (const placeholder of ['unset', 'UNSET', ' unset\n', '', ' ']) {
      const receiver = memoryReceiver(plain, { current: version('secret'), previous: version(placeholder) });

      expect(await receiver.receive(signed('{}', placeholder), now)).toMatchObject({ status: 401 });
    }
  });

  it('white space around a pasted secret is ignored', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret\n') });

    expect(await receiver.receive(signed('{}'), now)).toMatchObject({ kind: 'accepted' });
  });

  it('a flood of forged requests causes one read of the secret in two seconds', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret', now - 2 * day) });

    for (let request = 0; request < 100; request++) {
      expect(await receiver.receive(signed('{}', 'forged'), now)).toMatchObject({ status: 401 });
    }

    expect(receiver.state.reads).toBe(1);
  });

  it('the secret is cached for five minutes', async () => {
    const receiver = memoryReceiver(plain, { current: version('secret', now - 2 * day) });

    await receiver.receive(signed('{}'), now);
    await receiver.receive(signed('{}'), now + 299);
    expect(receiver.state.reads).toBe(1);
    await receiver.receive(signed('{}'), now + 300);
    expect(receiver.state.reads).toBe(2);
  });

  it('the response is 503, not 401, when a signature does not verify and the secret cannot be read again', async () => {
    const receiver = memoryReceiver(plain, { current: version('old', now - 2 * day) });
    await receiver.receive(signed('{}', 'old'), now);
    receiver.state.secretError = new Error('throttled');

    expect(await receiver.receive(signed('{}', 'new'), now + 10)).toMatchObject({ status: 503 });
    expect(await receiver.receive(signed('{}', 'old'), now + 10)).toMatchObject({ kind: 'accepted' });
  });

  it('a list of keys replaces the previous version', async () => {
    const receiver = memoryReceiver(plain, {
      current: version('{"keys":[{"key":"new"}]}', now),
      previous: version('old', now - 40 * day),
    });

    expect(await receiver.receive(signed('{}', 'new'), now)).toMatchObject({ kind: 'accepted' });
    expect(await receiver.receive(signed('{}', 'old'), now)).toMatchObject({ status: 401 });
  });
});
