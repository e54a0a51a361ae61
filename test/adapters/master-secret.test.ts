import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import { expect, it } from 'vitest';
import { endpointKeys } from '../../lambdas/adapters/aws/endpoint-keys.ts';
import { masterSecret } from '../../lambdas/adapters/aws/master-secret.ts';
import type { Endpoint } from '../../lambdas/domain/endpoint.ts';
import { generateSecret } from '../../lambdas/domain/endpoint-secret.ts';
import { later, seconds, unixMillis } from '../../lambdas/domain/time.ts';
import { newEndpoint } from '../fakes/new-endpoint.ts';

const now = unixMillis(Date.UTC(2026, 10, 25, 12));

/** Secrets Manager with one secret whose versions are these, the current one first. */
function secretsManager(...versions: string[]) {
  const calls: string[] = [];
  const send = async ({ input }: { input: { VersionStage: string } }) => {
    calls.push(input.VersionStage);
    const value = versions[input.VersionStage === 'AWSCURRENT' ? 0 : 1];
    if (value === undefined) throw new ResourceNotFoundException({ message: 'none', $metadata: {} });
    return { SecretString: value, CreatedDate: new Date(now) };
  };
  return {
    calls,
    rotate: (value: string) => versions.unshift(value),
    client: { send } as unknown as SecretsManagerClient,
  };
}

async function endpointWith(secrets: ReturnType<typeof masterSecret>): Promise<Endpoint> {
  const bare = newEndpoint(now);
  return { ...bare, secrets: [await secrets.seal(generateSecret('v1'), bare, now)] };
}

it('opens what it has sealed, and reads the master secret once in five minutes', async () => {
  const manager = secretsManager('first');
  const master = masterSecret(manager.client, 'master');
  const endpoint = await endpointWith(master);

  expect(await master.endpointKeys(endpoint, now)).toMatchObject([{ kind: 'v1' }]);
  expect(await master.resealed(endpoint, later(now, seconds(299)))).toBeUndefined();
  expect(manager.calls).toEqual(['AWSCURRENT', 'AWSPREVIOUS']);
});

it('opens what is sealed under the master secret before, and seals it anew on the way', async () => {
  const manager = secretsManager('first');
  const endpoint = await endpointWith(masterSecret(manager.client, 'master'));
  manager.rotate('second');
  const master = masterSecret(manager.client, 'master');
  const written: Endpoint['secrets'][] = [];
  const keysOf = endpointKeys(master, async (_seen, secrets) => written.push(secrets));

  const [key] = await keysOf(endpoint, now);
  const [secrets = []] = written;
  const resealed = { ...endpoint, secrets };

  expect(secrets[0]?.sealedBy).not.toBe(endpoint.secrets[0]?.sealedBy);
  expect(secrets[0]?.createdAt).toBe(endpoint.secrets[0]?.createdAt);
  expect(await keysOf(resealed, now)).toEqual([key]);
  expect(written).toHaveLength(1);
});

it('hears of a new master secret at once when it meets something that is sealed under it', async () => {
  const manager = secretsManager('first');
  const old = masterSecret(manager.client, 'master');
  await endpointWith(old);
  manager.rotate('second');
  const endpoint = await endpointWith(masterSecret(manager.client, 'master'));

  expect(await old.endpointKeys(endpoint, later(now, seconds(30)))).toHaveLength(1);
});

it('leaves out what is lost when it says which secrets there are, and fails when it cannot say', async () => {
  const manager = secretsManager('first');
  const lost = await endpointWith(masterSecret(manager.client, 'master'));
  manager.rotate('second');
  manager.rotate('third');
  const master = masterSecret(manager.client, 'master');
  const next = await master.seal(generateSecret('v1'), lost, now);
  const endpoint = { ...lost, secrets: [next, ...lost.secrets] };
  const away = { send: () => Promise.reject(new Error('Secrets Manager is away')) };

  expect(await master.readable(endpoint, now)).toEqual([next]);
  const blind = masterSecret(away as unknown as SecretsManagerClient, 'master');
  await expect(blind.readable(endpoint, now)).rejects.toThrow('Secrets Manager is away');
  const ended = { ...endpoint, secrets: [next, ...lost.secrets.map((old) => ({ ...old, endsAt: now }))] };
  expect(await master.resealed(ended, now)).toBeUndefined();
});

it('says what to do when a secret cannot be opened any more, or belongs to another endpoint', async () => {
  const manager = secretsManager('first');
  const endpoint = await endpointWith(masterSecret(manager.client, 'master'));
  const other = { ...endpoint, id: 'ep_2' };

  await expect(masterSecret(manager.client, 'master').endpointKeys(other, now)).rejects.toThrow(
    /^a secret of endpoint ep_2 does not open$/,
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
