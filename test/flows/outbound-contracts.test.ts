import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamodbDeliveries } from '../../lambdas/adapters/aws/dynamodb-deliveries.ts';
import { dynamodbDue } from '../../lambdas/adapters/aws/dynamodb-due.ts';
import { dynamodbOutboundEvents } from '../../lambdas/adapters/aws/dynamodb-outbound-events.ts';
import { clientConfig } from '../../local/endpoint.ts';
import { deliveriesContract } from '../adapters/deliveries-contract.ts';
import { outboundEventsContract } from '../adapters/outbound-events-contract.ts';
import { makeTable } from '../adapters/outbound-tables.ts';
import { describeFlow } from './support/local-stack.ts';

describeFlow('The adapters of the outbound flow', ({ dynamodb, outputs }) => {
  const client = new DynamoDBClient(clientConfig({ url: outputs.awsEndpoint, caFile: outputs.caFile }));
  const table = makeTable(client, 'Outbound');

  deliveriesContract('DynamoDB', async () => ({
    ...dynamodbDeliveries(dynamodb, await table),
    ...dynamodbDue(dynamodb, await table),
  }));
  outboundEventsContract('DynamoDB', async () => dynamodbOutboundEvents(dynamodb, await table));
});
