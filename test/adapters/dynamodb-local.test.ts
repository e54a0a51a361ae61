import { afterAll, beforeAll, describe } from 'vitest';
import { dynamodbClaims } from '../../lambdas/adapters/aws/dynamodb-claims.ts';
import { dynamodbDeliveries } from '../../lambdas/adapters/aws/dynamodb-deliveries.ts';
import { dynamodbDue } from '../../lambdas/adapters/aws/dynamodb-due.ts';
import { dynamodbKept } from '../../lambdas/adapters/aws/dynamodb-kept.ts';
import { dynamodbOutboundEvents } from '../../lambdas/adapters/aws/dynamodb-outbound-events.ts';
import { dueIndex, keptIndex } from '../../lambdas/domain/tables.ts';
import { claimsContract } from './claims-contract.ts';
import { deliveriesContract } from './deliveries-contract.ts';
import { outboundEventsContract } from './outbound-events-contract.ts';
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
    await createTable('Deliveries', dueIndex);
    await createTable('OutboundEvents');
  }, 60_000);

  afterAll(async () => (await local()).stop());

  const deliveries = async () => {
    const { client } = await local();
    return { ...dynamodbDeliveries(client, 'Deliveries'), ...dynamodbDue(client, 'Deliveries') };
  };
  deliveriesContract('DynamoDB Local', deliveries);

  outboundEventsContract('DynamoDB Local', async () => {
    const { client } = await local();
    return dynamodbOutboundEvents(client, 'OutboundEvents');
  });

  claimsContract('DynamoDB Local', async () => {
    const { client } = await local();
    return { ...dynamodbClaims(client, 'InboundEvents'), ...dynamodbKept(client, 'InboundEvents') };
  });
});
