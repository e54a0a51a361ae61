import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbDeliveries } from '../../lambdas/adapters/aws/dynamodb-deliveries.ts';
import { dynamodbDue } from '../../lambdas/adapters/aws/dynamodb-due.ts';
import { dynamodbEndpointChanges } from '../../lambdas/adapters/aws/dynamodb-endpoint-changes.ts';
import { dynamodbEndpointDeliveries } from '../../lambdas/adapters/aws/dynamodb-endpoint-deliveries.ts';
import { dynamodbEndpointGauges } from '../../lambdas/adapters/aws/dynamodb-endpoint-gauges.ts';
import { dynamodbEndpoints } from '../../lambdas/adapters/aws/dynamodb-endpoints.ts';
import { dynamodbLimiter } from '../../lambdas/adapters/aws/dynamodb-gates.ts';
import { dynamodbHeld } from '../../lambdas/adapters/aws/dynamodb-held.ts';
import { dynamodbOutboundEvents } from '../../lambdas/adapters/aws/dynamodb-outbound-events.ts';
import { dynamodbRecoveries } from '../../lambdas/adapters/aws/dynamodb-recoveries.ts';
import { dynamodbTallies } from '../../lambdas/adapters/aws/dynamodb-tallies.ts';
import { dynamodbWaiting } from '../../lambdas/adapters/aws/dynamodb-waiting.ts';
import { clientConfig } from '../../local/endpoint.ts';
import { deliveriesContract } from '../adapters/deliveries-contract.ts';
import { endpointsContract } from '../adapters/endpoints-contract.ts';
import { gatesContract } from '../adapters/gates-contract.ts';
import { gaugesContract } from '../adapters/gauges-contract.ts';
import { listedContract } from '../adapters/listed-contract.ts';
import { outboundEventsContract } from '../adapters/outbound-events-contract.ts';
import { makeTable } from '../adapters/outbound-tables.ts';
import { recoveriesContract } from '../adapters/recoveries-contract.ts';
import { shapes } from '../adapters/support/table-shape.ts';
import { talliesContract } from '../adapters/tallies-contract.ts';
import { describeFlow } from './support/local-stack.ts';

describeFlow('The adapters of the outbound flow', ({ dynamodb, outputs }) => {
  const client = new DynamoDBClient(clientConfig({ url: outputs.awsEndpoint, caFile: outputs.caFile }));
  const table = makeTable(client, 'Outbound', shapes.deliveries);
  const endpoints = makeTable(client, 'Endpoints', shapes.endpoints);

  deliveriesContract('DynamoDB', async () => ({
    ...dynamodbDeliveries(dynamodb, await table),
    ...dynamodbDue(dynamodb, await table),
    ...dynamodbHeld(dynamodb, await table),
    ...dynamodbWaiting(dynamodb, await table),
    ...dynamodbEndpointDeliveries(dynamodb, await table),
  }));
  listedContract('DynamoDB', async () => ({
    ...dynamodbDeliveries(dynamodb, await table),
    ...dynamodbEndpointDeliveries(dynamodb, await table),
  }));
  recoveriesContract('DynamoDB', async () => dynamodbRecoveries(dynamodb, await endpoints));
  outboundEventsContract('DynamoDB', async () => dynamodbOutboundEvents(dynamodb, await table));
  endpointsContract('DynamoDB', async () => ({
    ...dynamodbEndpoints(dynamodb, await endpoints),
    ...dynamodbEndpointChanges(dynamodb, await endpoints),
  }));
  gatesContract('DynamoDB', async () => dynamodbLimiter(dynamodb, await endpoints));
  talliesContract('DynamoDB', async () => dynamodbTallies(dynamodb, await endpoints));
  gaugesContract('DynamoDB', async () => ({
    gauges: dynamodbEndpointGauges(dynamodb, await endpoints),
    endpoints: {
      ...dynamodbEndpoints(dynamodb, await endpoints),
      ...dynamodbEndpointChanges(dynamodb, await endpoints),
    },
    limiter: dynamodbLimiter(dynamodb, await endpoints),
  }));
});
