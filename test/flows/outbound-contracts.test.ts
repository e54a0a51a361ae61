import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbDeliveries } from '../../lambdas/adapters/dynamodb/deliveries/store.ts';
import { dynamodbEndpointGauges } from '../../lambdas/adapters/dynamodb/endpoints/gauges.ts';
import { dynamodbEndpoints } from '../../lambdas/adapters/dynamodb/endpoints/store.ts';
import { dynamodbTallies } from '../../lambdas/adapters/dynamodb/failure-tallies.ts';
import { dynamodbLimiter } from '../../lambdas/adapters/dynamodb/limiter/store.ts';
import { dynamodbOutboundEvents } from '../../lambdas/adapters/dynamodb/outbound-events/store.ts';
import { dynamodbRecoveries } from '../../lambdas/adapters/dynamodb/recoveries.ts';
import { clientConfig } from '../../local/endpoint.ts';
import { shapes } from '../../testing/memory/dynamodb/table-shape.ts';
import { deliveriesContract } from '../adapters/dynamodb/deliveries-contract.ts';
import { endpointsContract } from '../adapters/dynamodb/endpoints-contract.ts';
import { talliesContract } from '../adapters/dynamodb/failure-tallies-contract.ts';
import { gaugesContract } from '../adapters/dynamodb/gauges-contract.ts';
import { limiterContract } from '../adapters/dynamodb/limiter-contract.ts';
import { listedContract } from '../adapters/dynamodb/listed-contract.ts';
import { outboundEventsContract } from '../adapters/dynamodb/outbound-events-contract.ts';
import { makeTable } from '../adapters/dynamodb/outbound-tables.ts';
import { recoveriesContract } from '../adapters/dynamodb/recoveries-contract.ts';
import { stoppedContract } from '../adapters/dynamodb/stopped-contract.ts';
import { describeFlow } from './support/local-stack.ts';

describeFlow('The adapters of the outbound flow', ({ ownClients: { dynamodb }, outputs }) => {
  const client = new DynamoDBClient(clientConfig({ url: outputs.awsEndpoint, caFile: outputs.caFile }));
  const table = makeTable(client, 'Outbound', shapes.deliveries);
  const endpoints = makeTable(client, 'Endpoints', shapes.endpoints);

  deliveriesContract('DynamoDB', async () => dynamodbDeliveries(dynamodb, await table));
  listedContract('DynamoDB', async () => dynamodbDeliveries(dynamodb, await table));
  stoppedContract('DynamoDB', async () => dynamodbDeliveries(dynamodb, await table));
  recoveriesContract('DynamoDB', async () => dynamodbRecoveries(dynamodb, await endpoints));
  outboundEventsContract('DynamoDB', async () => dynamodbOutboundEvents(dynamodb, await table));
  endpointsContract('DynamoDB', async () => dynamodbEndpoints(dynamodb, await endpoints));
  limiterContract('DynamoDB', async () => dynamodbLimiter(dynamodb, await endpoints));
  talliesContract('DynamoDB', async () => dynamodbTallies(dynamodb, await endpoints));
  gaugesContract('DynamoDB', async () => ({
    gauges: dynamodbEndpointGauges(dynamodb, await endpoints),
    endpoints: dynamodbEndpoints(dynamodb, await endpoints),
    limiter: dynamodbLimiter(dynamodb, await endpoints),
  }));
});
