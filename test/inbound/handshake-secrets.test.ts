import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { awaitedUntil, awaitingValue } from '../../lambdas/domain/provider/awaited-secret.ts';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import { seconds, unixMillis } from '../../lambdas/domain/time.ts';
import { memoryReceiver, requestOf } from '../support/worlds/inbound-receiver.ts';

const now = 1_795_000_000;
const secret = 'c'.repeat(64);
const asanaHandshake = requestOf('{}', { 'x-hook-secret': secret });
const body = '{"events":[{"action":"added","resource":{"gid":"1","resource_type":"task"}}]}';
const signedBy = (key: string) =>
  requestOf(body, { 'x-hook-signature': createHmac('sha256', key).update(body).digest('hex') });

describe('a secret that a handshake brings', () => {
  it('a secret of a handshake is stored while it is awaited, and verifies from then on', async () => {
    const receiver = memoryReceiver({ provider: 'asana' }, {});
    receiver.state.isHandshakeAwaited = true;

    expect(await receiver.receive(asanaHandshake, now)).toEqual({
      kind: 'handshake',
      response: { status: 200, headers: { 'x-hook-secret': secret }, body: '' },
    });
    expect(await receiver.receive(signedBy(secret), now)).toMatchObject({ events: [{ type: 'task.added' }] });
    expect(await receiver.receive(signedBy('d'.repeat(64)), now)).toMatchObject({ status: 401 });
  });

  it('a secret of a handshake outside the window is refused with a line on how to open it', async () => {
    const receiver = memoryReceiver({ provider: 'asana' }, {});

    expect(await receiver.receive(asanaHandshake, now)).toMatchObject({
      status: 503,
      error: 'secret_not_set',
      reason: 'a handshake came outside its window; open it with: hookline secrets await source',
    });
  });

  it('is never written outside the window, so that a flood of handshakes writes nothing', async () => {
    const receiver = memoryReceiver({ provider: 'asana' }, {});

    for (let request = 0; request < 10; request++) await receiver.receive(asanaHandshake, now);

    expect(receiver.state.stores).toBe(0);
  });

  it('a secret of a handshake never replaces an existing one', async () => {
    const receiver = memoryReceiver(
      { provider: 'asana' },
      { current: { value: secret, createdAt: unixMillis(0) } },
    );
    receiver.state.isHandshakeAwaited = true;
    const other = requestOf('{}', { 'x-hook-secret': 'd'.repeat(64) });

    expect(await receiver.receive(other, now)).toMatchObject({ status: 401, reason: 'missing-header' });
    expect(receiver.state.secret.current?.value).toBe(secret);
  });

  it.each([
    ['asana', asanaHandshake],
    ['notion', requestOf('{"verification_token":"secret_newtoken12"}')],
  ])(
    'a secret of a handshake is stored by a warm receiver of %s that has cached the old one',
    async (provider, handshake) => {
      const receiver = memoryReceiver(
        { provider },
        { current: { value: 'e'.repeat(64), createdAt: unixMillis(0) } },
      );
      await receiver.receive(signedBy('e'.repeat(64)), now);
      receiver.state.secret = {
        current: { value: awaitingValue(unixMillis((now + 900) * 1000)), createdAt: unixMillis(now * 1000) },
      };
      receiver.state.isHandshakeAwaited = true;

      expect(await receiver.receive(handshake, now + 10)).toMatchObject({ kind: 'handshake' });
    },
  );

  it('the first of two handshakes stores its secret, and the second does not', async () => {
    const receiver = memoryReceiver({ provider: 'notion' }, {});
    receiver.state.isHandshakeAwaited = true;
    const [first, second] = ['secret_firsttoken', 'secret_othertoken'].map((token) =>
      requestOf(JSON.stringify({ verification_token: token })),
    );

    const answers = await Promise.all(
      [first, second].map((request) => request && receiver.receive(request, now)),
    );
    expect(answers.filter((answer) => answer?.kind === 'handshake')).toHaveLength(1);
  });

  it.each([
    ['a request that is signed, too', { 'x-hook-secret': secret, 'x-hook-signature': 'e'.repeat(64) }],
    ['a short secret', { 'x-hook-secret': 'short' }],
    ['a placeholder', { 'x-hook-secret': 'x'.repeat(24) }],
    ['a secret with control characters', { 'x-hook-secret': 'c'.repeat(20).concat('\r\nx: y') }],
  ])('no secret is stored from %s', async (_name, headers) => {
    const receiver = memoryReceiver({ provider: 'asana' }, {});
    receiver.state.isHandshakeAwaited = true;

    expect(await receiver.receive(requestOf('{}', headers), now)).toMatchObject({ status: 503 });
    expect(receiver.state.secret.current).toBeUndefined();
  });
});

describe('the window for a handshake', () => {
  const createdAt = unixMillis(1_000_000);

  it('the handshake window is open for an hour after the deploy', () => {
    expect(awaitedUntil({ createdAt }, seconds(3600))).toBe(4_600_000);
    expect(awaitedUntil({ value: 'unset', createdAt }, seconds(3600))).toBe(4_600_000);
  });

  it('the handshake window is opened again by a value that is not a key of any provider', () => {
    const value = awaitingValue(unixMillis(9_000_000));

    expect(awaitedUntil({ value, createdAt }, seconds(3600))).toBe(9_000_000);
    for (const format of ['text', 'token', 'basic', 'standard-webhooks'] as const) {
      expect(parseSecretValue(value, format)).toBeUndefined();
    }
  });

  it('the handshake window is closed if that value is malformed', () => {
    expect(awaitedUntil({ value: '{"awaitHandshakeUntil":"soon"}', createdAt }, seconds(3600))).toBe(
      createdAt,
    );
  });
});
