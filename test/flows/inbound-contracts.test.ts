import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { expect, it } from 'vitest';
import { onceOnly } from '../../lambdas/adapters/dynamodb/inbound-events/once-only.ts';
import { dynamodbInboundEvents } from '../../lambdas/adapters/dynamodb/inbound-events/store.ts';
import { secretByName } from '../../lambdas/adapters/secrets/secrets-manager.ts';
import { clientConfig } from '../../local/endpoint.ts';
import { claimsContract } from '../adapters/dynamodb/claims-contract.ts';
import { keptContract } from '../adapters/dynamodb/kept-contract.ts';
import { onceOnlyContract } from '../adapters/dynamodb/once-only-contract.ts';
import { describeFlow } from './support/local-stack.ts';

describeFlow('The adapters of the inbound flow', ({ ownClients: { dynamodb, secrets }, outputs }) => {
  const table = outputs.tables.inboundEvents;

  const inboundEvents = async () => dynamodbInboundEvents(dynamodb, table);
  claimsContract('the deployed table', inboundEvents);
  keptContract('the deployed table', inboundEvents);
  onceOnlyContract('the deployed table', async (source, rememberFor) =>
    onceOnly(dynamodb, table, source, rememberFor),
  );

  it('a secret is read by stage, and is undefined without a version', async () => {
    const client = new SecretsManagerClient(
      clientConfig({ url: outputs.awsEndpoint, caFile: outputs.caFile }),
    );
    const name = `contract/${crypto.randomUUID()}`;
    const secret = secretByName(secrets, name);
    expect(await secret.readSecret('AWSCURRENT')).toBeUndefined();

    await client.send(new CreateSecretCommand({ Name: name, SecretString: 'first' }));
    expect(await secret.readSecret('AWSCURRENT')).toMatchObject({ value: 'first' });
    expect(await secret.readSecret('AWSPREVIOUS')).toBeUndefined();

    await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: 'second' }));
    expect(await secret.readSecret('AWSCURRENT')).toMatchObject({ value: 'second' });
    const previous = await secret.readSecret('AWSPREVIOUS');
    expect(previous).toMatchObject({ value: 'first' });
    expect(Math.abs(Date.now() - (previous?.createdAt ?? 0))).toBeLessThan(60_000);
  });
});
