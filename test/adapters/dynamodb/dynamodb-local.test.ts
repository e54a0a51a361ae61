import { afterAll, beforeAll, describe } from 'vitest';
import { dynamodbDeliveries } from '../../../lambdas/adapters/dynamodb/deliveries/store.ts';
import { dynamodbEndpointGauges } from '../../../lambdas/adapters/dynamodb/endpoints/gauges.ts';
import { dynamodbEndpoints } from '../../../lambdas/adapters/dynamodb/endpoints/store.ts';
import { dynamodbTallies } from '../../../lambdas/adapters/dynamodb/failure-tallies.ts';
import { gatherWrites } from '../../../lambdas/adapters/dynamodb/gathered-writes.ts';
import { onceOnly } from '../../../lambdas/adapters/dynamodb/inbound-events/once-only.ts';
import { dynamodbInboundEvents } from '../../../lambdas/adapters/dynamodb/inbound-events/store.ts';
import { dynamodbLimiter } from '../../../lambdas/adapters/dynamodb/limiter/store.ts';
import { dynamodbManifests } from '../../../lambdas/adapters/dynamodb/manifests.ts';
import { dynamodbOutboundEvents } from '../../../lambdas/adapters/dynamodb/outbound-events/store.ts';
import { dynamodbRecoveries } from '../../../lambdas/adapters/dynamodb/recoveries.ts';
import { shapes } from '../../../testing/memory/dynamodb/table-shape.ts';
import { claimsContract } from './claims-contract.ts';
import { deliveriesContract } from './deliveries-contract.ts';
import { endpointsContract } from './endpoints-contract.ts';
import { talliesContract } from './failure-tallies-contract.ts';
import { gaugesContract } from './gauges-contract.ts';
import { keptContract } from './kept-contract.ts';
import { limiterContract } from './limiter-contract.ts';
import { listedContract } from './listed-contract.ts';
import { manifestsContract } from './manifests-contract.ts';
import { onceOnlyContract } from './once-only-contract.ts';
import { outboundEventsContract } from './outbound-events-contract.ts';
import { recoveriesContract } from './recoveries-contract.ts';
import { stoppedContract } from './stopped-contract.ts';
import { startDynamodbLocal, whyNoDynamodbLocal } from './support/dynamodb-local.ts';

const reason = whyNoDynamodbLocal();
// `.ci/run` has put it there, so a skip would hide a mistake.
if (reason !== undefined && process.env['DYNAMODB_LOCAL'] === 'required') throw new Error(reason);
if (reason !== undefined) console.log(`the contracts on DynamoDB Local are skipped: ${reason}`);

describe.skipIf(reason !== undefined)('Amazon’s own DynamoDB Local', () => {
  const running = reason === undefined ? startDynamodbLocal() : undefined;

  const local = async () => {
    if (running === undefined) throw new Error(reason);
    return running;
  };

  beforeAll(async () => {
    const { createTable } = await local();
    await createTable('InboundEvents', shapes.inboundEvents);
    await createTable('Deliveries', shapes.deliveries);
    await createTable('OutboundEvents', shapes.outboundEvents);
    await createTable('Endpoints', shapes.endpoints);
  }, 60_000);

  afterAll(async () => (await local()).stop());

  const deliveries = async () => {
    const { client } = await local();
    return dynamodbDeliveries(client, 'Deliveries');
  };
  deliveriesContract('DynamoDB Local', deliveries);

  outboundEventsContract('DynamoDB Local', async () => {
    const { client } = await local();
    return dynamodbOutboundEvents(client, 'OutboundEvents');
  });

  // Each write in a batch, even if it is alone.
  const inBatches = async () => gatherWrites(Object.create((await local()).client), { fewest: 1 });
  deliveriesContract('DynamoDB Local, in batches', async () =>
    dynamodbDeliveries(await inBatches(), 'Deliveries'),
  );
  outboundEventsContract('DynamoDB Local, in batches', async () =>
    dynamodbOutboundEvents(await inBatches(), 'OutboundEvents'),
  );

  const endpoints = async () => {
    const { client } = await local();
    return dynamodbEndpoints(client, 'Endpoints');
  };
  endpointsContract('DynamoDB Local', endpoints);
  limiterContract('DynamoDB Local', async () => dynamodbLimiter((await local()).client, 'Endpoints'));
  talliesContract('DynamoDB Local', async () => dynamodbTallies((await local()).client, 'Endpoints'));
  gaugesContract('DynamoDB Local', async () => {
    const { client } = await local();
    const gauges = dynamodbEndpointGauges(client, 'Endpoints');
    return { gauges, endpoints: await endpoints(), limiter: dynamodbLimiter(client, 'Endpoints') };
  });
  manifestsContract('DynamoDB Local', async () => dynamodbManifests((await local()).client, 'Endpoints'));
  recoveriesContract('DynamoDB Local', async () => dynamodbRecoveries((await local()).client, 'Endpoints'));
  listedContract('DynamoDB Local', deliveries);
  stoppedContract('DynamoDB Local', deliveries);

  const inboundEvents = async () => dynamodbInboundEvents((await local()).client, 'InboundEvents');
  claimsContract('DynamoDB Local', inboundEvents);
  keptContract('DynamoDB Local', inboundEvents);
  onceOnlyContract('DynamoDB Local', async (source, rememberFor) =>
    onceOnly((await local()).client, 'InboundEvents', source, rememberFor),
  );
});
