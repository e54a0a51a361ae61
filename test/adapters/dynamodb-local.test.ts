import { afterAll, beforeAll, describe } from 'vitest';
import { dynamodbClaims } from '../../lambdas/adapters/aws/dynamodb-claims.ts';
import { dynamodbKept } from '../../lambdas/adapters/aws/dynamodb-kept.ts';
import { keptIndex } from '../../lambdas/domain/tables.ts';
import { claimsContract } from './claims-contract.ts';
import { startDynamodbLocal, whyNoDynamodbLocal } from './support/dynamodb-local.ts';

const reason = whyNoDynamodbLocal();
if (reason !== undefined) console.log(`the contracts on DynamoDB Local are skipped: ${reason}`);

describe.skipIf(reason !== undefined)('Amazon’s own DynamoDB Local', () => {
  const running = reason === undefined ? startDynamodbLocal() : undefined;

  const local = async () => {
    if (running === undefined) throw new Error(reason);
    return running;
  };

  beforeAll(async () => {
    const { createTable } = await local();
    await createTable('InboundEvents', keptIndex);
  }, 60_000);

  afterAll(async () => (await local()).stop());

  claimsContract('DynamoDB Local', async () => {
    const { client } = await local();
    return { ...dynamodbClaims(client, 'InboundEvents'), ...dynamodbKept(client, 'InboundEvents') };
  });
});
