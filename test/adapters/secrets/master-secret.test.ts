import { describe, expect, it } from 'vitest';
import { AwsError } from '../../../lambdas/adapters/aws/errors.ts';
import type { SecretsClient } from '../../../lambdas/adapters/secrets/commands.ts';
import { endpointKeys } from '../../../lambdas/adapters/secrets/endpoint-keys.ts';
import { masterSecret } from '../../../lambdas/adapters/secrets/master-secret.ts';
import type { Endpoint } from '../../../lambdas/domain/endpoint.ts';
import { generateSecret, type SigningKey } from '../../../lambdas/domain/endpoint-secret.ts';
import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { later, seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';

const now = unixMillis(Date.UTC(2026, 10, 25, 12));

/** Secrets Manager with one secret whose versions are these, the current one first. */
function secretsManager(...versions: string[]) {
  const calls: string[] = [];
  const send = async ({ input }: { input: { VersionStage: string } }) => {
    calls.push(input.VersionStage);
    const value = versions[input.VersionStage === 'AWSCURRENT' ? 0 : 1];
    if (value === undefined) throw new AwsError('ResourceNotFoundException', 'none', { status: 400 });
    return { SecretString: value, CreatedDate: new Date(now) };
  };
  return {
    calls,
    rotate: (value: string) => versions.unshift(value),
    client: { send } as unknown as SecretsClient,
  };
}

/** The bytes of a key, because the test runner takes any two `KeyObject`s for equal. */
const bytesOf = (key: SigningKey | undefined): Buffer | undefined =>
  key?.kind === 'v1' ? key.secretKey.export() : undefined;

async function endpointWith(secrets: ReturnType<typeof masterSecret>): Promise<Endpoint> {
  const bare = newEndpoint(now);
  return { ...bare, secrets: [await secrets.seal(generateSecret('v1'), bare, now)] };
}

it('the master secret opens what it has sealed, and is read once in five minutes', async () => {
  const manager = secretsManager('first');
  const master = masterSecret(manager.client, 'master');
  const endpoint = await endpointWith(master);

  expect(await master.endpointKeys(endpoint, now)).toMatchObject([{ kind: 'v1' }]);
  expect(await master.resealed(endpoint, later(now, seconds(299)))).toBeUndefined();
  expect(manager.calls).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
});

it('the key of an endpoint is opened once, and a copy of its secret in another endpoint is not opened', async () => {
  const master = masterSecret(secretsManager('first').client, 'master');
  const endpoint = await endpointWith(master);
  const [key] = await master.endpointKeys(endpoint, now);

  expect((await master.endpointKeys(endpoint, now))[0]).toBe(key);
  await expect(master.endpointKeys({ ...endpoint, id: asEndpointId('other') }, now)).rejects.toThrow(
    /cannot be opened/,
  );
});

it('the key of an endpoint is another one after a rotation', async () => {
  const master = masterSecret(secretsManager('first').client, 'master');
  const endpoint = await endpointWith(master);
  const rotated = await endpointWith(master);
  const [key] = await master.endpointKeys(endpoint, now);
  const [next] = await master.endpointKeys({ ...endpoint, secrets: rotated.secrets }, now);

  expect(bytesOf(next)).not.toEqual(bytesOf(key));
});

it('the previous master secret opens what it has sealed, which is resealed', async () => {
  const manager = secretsManager('first');
  const endpoint = await endpointWith(masterSecret(manager.client, 'master'));
  manager.rotate('second');
  const master = masterSecret(manager.client, 'master');
  const written: Pick<Endpoint, 'secrets' | 'headers'>[] = [];
  const keysOf = endpointKeys(master, async (_seen, resealed) => written.push(resealed));

  const [key] = await keysOf(endpoint, later(now, seconds(60)));
  const resealed = { ...endpoint, ...written[0] };
  const { secrets } = resealed;

  expect(secrets[0]?.sealedBy).not.toBe(endpoint.secrets[0]?.sealedBy);
  expect(secrets[0]?.createdAt).toBe(endpoint.secrets[0]?.createdAt);
  expect((await keysOf(resealed, now)).map(bytesOf)).toEqual([key].map(bytesOf));
  expect(written).toHaveLength(1);
});

it('a new master secret is read at once when a text is sealed under it', async () => {
  const manager = secretsManager('first');
  const old = masterSecret(manager.client, 'master');
  await endpointWith(old);
  manager.rotate('second');
  const endpoint = await endpointWith(masterSecret(manager.client, 'master'));

  expect(await old.endpointKeys(endpoint, later(now, seconds(30)))).toHaveLength(1);
});

it('the list of secrets omits those that cannot be opened, and fails when they cannot be read', async () => {
  const manager = secretsManager('first');
  const lost = await endpointWith(masterSecret(manager.client, 'master'));
  manager.rotate('second');
  manager.rotate('third');
  const master = masterSecret(manager.client, 'master');
  const next = await master.seal(generateSecret('v1'), lost, now);
  const endpoint = { ...lost, secrets: [next, ...lost.secrets] };
  const away = { send: () => Promise.reject(new Error('Secrets Manager is away')) };

  expect(await master.readable(endpoint, now)).toEqual([next]);
  const blind = masterSecret(away as unknown as SecretsClient, 'master');
  await expect(blind.readable(endpoint, now)).rejects.toThrow('Secrets Manager is away');
  const ended = { ...endpoint, secrets: [next, ...lost.secrets.map((old) => ({ ...old, endsAt: now }))] };
  expect(await master.resealed(ended, now)).toBeUndefined();
});

it('a secret that cannot be opened any more, or belongs to another endpoint, is an error that says what to do', async () => {
  const manager = secretsManager('first');
  const endpoint = await endpointWith(masterSecret(manager.client, 'master'));
  const other = { ...endpoint, id: asEndpointId('ep_2') };

  await expect(masterSecret(manager.client, 'master').endpointKeys(other, now)).rejects.toThrow(
    /^a secret of endpoint ep_2 cannot be opened$/,
  );
  manager.rotate('second');
  manager.rotate('third');
  await expect(masterSecret(manager.client, 'master').endpointKeys(endpoint, now)).rejects.toThrow(
    /neither the current nor the previous value of master; rotate the endpoint's secret/,
  );
  await expect(masterSecret(secretsManager('').client, 'master').seal('x', endpoint, now)).rejects.toThrow(
    /has no value/,
  );
});

describe('the headers of an endpoint', () => {
  const sealed = async (master: ReturnType<typeof masterSecret>, headers: Endpoint['headers']) => {
    const endpoint = await endpointWith(master);
    return { ...endpoint, headers: await master.sealHeaders(headers, endpoint, now) };
  };

  it('the headers of an endpoint are sealed, and open for their endpoint and under their name only', async () => {
    const master = masterSecret(secretsManager('first').client, 'master');
    const endpoint = await sealed(master, { Authorization: 'Bearer abc', 'X-Team': 'billing' });
    const { Authorization = '', 'X-Team': team = '' } = endpoint.headers;

    expect(JSON.stringify(endpoint)).not.toMatch(/Bearer|billing/);
    expect(await master.endpointHeaders(endpoint, now)).toEqual({
      Authorization: 'Bearer abc',
      'X-Team': 'billing',
    });
    const moved = [
      { ...endpoint, id: asEndpointId('ep_2') },
      { ...endpoint, tenant: asTenantId('other') },
      { ...endpoint, headers: { 'X-Team': Authorization } },
      { ...endpoint, headers: { 'X-Other': team } },
    ];
    for (const other of moved) {
      await expect(master.endpointHeaders(other, now)).rejects.toThrow(
        /^the header (Authorization|X-Team|X-Other) of endpoint ep_\d cannot be opened; give it a new value$/,
      );
    }
  });

  it('the headers of an endpoint cannot be opened as a secret, nor a secret as a header', async () => {
    const master = masterSecret(secretsManager('first').client, 'master');
    const endpoint = await sealed(master, { 'X-Key': generateSecret('v1') });
    const { 'X-Key': header = '' } = endpoint.headers;
    const [secret] = endpoint.secrets;
    if (typeof header === 'string' || secret === undefined) throw new Error('not sealed');

    await expect(master.open({ ...secret, ...header }, endpoint, now)).rejects.toThrow(/cannot be opened/);
    const { sealed: text, sealedBy } = secret;
    const swapped = { ...endpoint, headers: { 'X-Key': { sealed: text, sealedBy } } };
    await expect(master.endpointHeaders(swapped, now)).rejects.toThrow(/cannot be opened/);
  });

  it('the headers of an endpoint need no master secret if there are none', async () => {
    const away = { send: () => Promise.reject(new Error('Secrets Manager is away')) };
    const master = masterSecret(away as unknown as SecretsClient, 'master');

    expect(await master.sealHeaders({}, newEndpoint(now), now)).toEqual({});
    expect(await master.endpointHeaders(newEndpoint(now), now)).toEqual({});
  });

  it('the headers that an earlier version stored as plain text are sent, and then sealed', async () => {
    const manager = secretsManager('first');
    const master = masterSecret(manager.client, 'master');
    const endpoint = { ...(await endpointWith(master)), headers: { 'X-Team': 'billing' } };
    const written: Pick<Endpoint, 'secrets' | 'headers'>[] = [];

    await endpointKeys(master, async (_seen, resealed) => written.push(resealed))(endpoint, now);

    expect(await master.endpointHeaders(endpoint, now)).toEqual({ 'X-Team': 'billing' });
    expect(JSON.stringify(written)).not.toContain('billing');
    const next = { ...endpoint, ...written[0] };
    expect(await master.endpointHeaders(next, now)).toEqual({ 'X-Team': 'billing' });
    expect(await master.resealed(next, now)).toBeUndefined();
  });

  it('the headers under the previous master secret are resealed; one that cannot be opened does not stop the others', async () => {
    const manager = secretsManager('first');
    const lost = await sealed(masterSecret(manager.client, 'master'), { 'X-Lost': 'gone' });
    manager.rotate('second');
    const known = await sealed(masterSecret(manager.client, 'master'), { 'X-Known': 'here' });
    manager.rotate('third');
    const master = masterSecret(manager.client, 'master');
    const endpoint = { ...known, headers: { ...known.headers, ...lost.headers } };

    const resealed = await master.resealed(endpoint, now);

    expect(resealed?.headers['X-Lost']).toEqual(lost.headers['X-Lost']);
    const next = { ...endpoint, ...resealed };
    expect(await master.resealed(next, now)).toBeUndefined();
    const { 'X-Lost': _, ...left } = next.headers;
    expect(await master.endpointHeaders({ ...next, headers: left }, now)).toEqual({ 'X-Known': 'here' });
    await expect(master.endpointHeaders(next, now)).rejects.toThrow(/neither the current nor the previous/);
  });
});

it.each(['', 'unset', '"changeme"'])(
  'a master secret is read once in two seconds while its value is %j',
  async (value) => {
    const manager = secretsManager(value);
    const master = masterSecret(manager.client, 'master');
    const seal = (at: typeof now) => master.seal('x', newEndpoint(now), at);
    const asked = await Promise.allSettled(Array.from({ length: 1000 }, () => seal(now)));

    expect(asked.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(seal(later(now, seconds(1)))).rejects.toThrow(/has no value, or a placeholder/);
    expect(manager.calls).toHaveLength(2);
    manager.rotate('first');
    expect(await seal(later(now, seconds(2)))).toMatchObject({ kind: 'v1' });
  },
);
