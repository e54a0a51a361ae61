import { expect, it } from 'vitest';
import { AwsError } from '../../../lambdas/adapters/aws/errors.ts';
import { PutSecretValueCommand, type SecretsClient } from '../../../lambdas/adapters/secrets/commands.ts';
import { handshakeSecret } from '../../../lambdas/adapters/secrets/handshake-secret.ts';
import { awaitingValue } from '../../../lambdas/domain/provider/awaited-secret.ts';
import { later, seconds, unixMillis } from '../../../lambdas/domain/time.ts';

const now = unixMillis(Date.UTC(2026, 10, 25, 12));

/** Secrets Manager with a secret that was made without a value; counts the calls. */
function emptySecret(createdAt: number) {
  const state = { calls: 0, error: undefined as Error | undefined };
  const send = async (command: object) => {
    state.calls++;
    if (state.error) throw state.error;
    if (command.constructor.name === 'GetSecretValueCommand')
      throw new AwsError('ResourceNotFoundException', 'none', { status: 400 });
    return { CreatedDate: new Date(createdAt) };
  };
  return {
    state,
    port: handshakeSecret({ send } as unknown as SecretsClient, 'Stack/asana', 'text', seconds(3600)),
  };
}

it('a handshake secret is read once in two seconds, for any number of forged handshakes', async () => {
  const { state, port } = emptySecret(now - 7_200_000);
  const answers = await Promise.all(Array.from({ length: 1000 }, () => port.isAwaited(now)));

  expect(answers).not.toContain(true);
  expect(state.calls).toBe(2);
  await port.isAwaited(later(now, seconds(1)));
  expect(state.calls).toBe(2);
  await port.isAwaited(later(now, seconds(2)));
  expect(state.calls).toBe(4);
});

it('a handshake secret remembers for two seconds that it could not be read', async () => {
  const { state, port } = emptySecret(now - 60_000);
  state.error = new Error('throttled');
  for (let request = 0; request < 100; request++)
    await expect(port.isAwaited(now)).rejects.toThrow('throttled');
  expect(state.calls).toBe(1);

  state.error = undefined;
  expect(await port.isAwaited(later(now, seconds(2)))).toBe(true);
});

/** Secrets Manager with one version; counts what is put. */
function oneVersion(SecretString: string, createdAt: number) {
  const state = { puts: 0, version: { SecretString, createdAt } };
  const send = async (command: object) => {
    if (command.constructor.name === 'PutSecretValueCommand') state.puts++;
    const { SecretString: text, createdAt: at } = state.version;
    return { SecretString: text, VersionId: 'v1', CreatedDate: new Date(at) };
  };
  return {
    state,
    port: handshakeSecret({ send } as unknown as SecretsClient, 'Stack/asana', 'text', seconds(3600)),
  };
}

it('a handshake secret is checked against the window of the version that it replaces', async () => {
  const open = oneVersion(awaitingValue(later(now, seconds(60))), now - 60_000);
  const closed = oneVersion(awaitingValue(later(now, seconds(-1))), now - 60_000);
  const old = oneVersion('unset', now - 3_600_000);

  expect(await open.port.store('c'.repeat(64), now)).toBe(true);
  expect(await closed.port.store('c'.repeat(64), now)).toBe(false);
  expect(await old.port.store('c'.repeat(64), now)).toBe(false);
  expect([open.state.puts, closed.state.puts, old.state.puts]).toEqual([1, 0, 0]);
});

it('a handshake never replaces a secret that a person stored since it was awaited', async () => {
  const { state, port } = oneVersion(awaitingValue(later(now, seconds(60))), now - 60_000);
  expect(await port.isAwaited(now)).toBe(true);
  state.version = { SecretString: 'd'.repeat(64), createdAt: now };

  expect(await port.store('c'.repeat(64), now)).toBe(false);
  expect(state.puts).toBe(0);
});

/** Secrets Manager with a secret that is awaited. Writes wait until both were read; a token is good for one value. */
function twoAtOnce() {
  const stored = new Map<string, string | undefined>();
  const bothRead = Promise.withResolvers<void>();
  let reads = 0;
  const send = async (command: object) => {
    if (!(command instanceof PutSecretValueCommand)) {
      if (++reads === 2) bothRead.resolve();
      const SecretString = awaitingValue(later(now, seconds(60)));
      return { SecretString, VersionId: 'v1', CreatedDate: new Date(now - 60_000) };
    }
    await bothRead.promise;
    const { ClientRequestToken: token = crypto.randomUUID(), SecretString: value } = command.input;
    if ((stored.get(token) ?? value) !== value)
      throw new AwsError('ResourceExistsException', 'another value has the token', { status: 400 });
    stored.set(token, value);
    return { $metadata: {} };
  };
  return {
    stored,
    port: handshakeSecret({ send } as unknown as SecretsClient, 'Stack/asana', 'text', seconds(3600)),
  };
}

it('stores the secret of one of two handshakes that come at once, and says no to the other', async () => {
  const { stored, port } = twoAtOnce();
  const secrets = ['c'.repeat(64), 'd'.repeat(64)];

  const answers = await Promise.all(secrets.map((secret) => port.store(secret, now)));

  expect(answers).toEqual([true, false]);
  expect([...stored.values()]).toEqual(secrets.slice(0, 1));
});
