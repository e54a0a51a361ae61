import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe } from 'vitest';
import { dynamodbClaims } from '../../lambdas/adapters/aws/dynamodb-claims.ts';
import { dynamodbKept } from '../../lambdas/adapters/aws/dynamodb-kept.ts';
import { claimsContract } from './claims-contract.ts';
import { makeEventsTable } from './events-table.ts';

/** Any endpoint that speaks DynamoDB: the local AWS, DynamoDB Local, or AWS itself. */
const endpoint = process.env['DYNAMODB_ENDPOINT'];

describe.runIf(endpoint)('with an endpoint', () => {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const document = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  let table: Promise<string> | undefined;

  claimsContract('DynamoDB', async () => {
    table ??= makeEventsTable(client);
    const name = await table;
    return { ...dynamodbClaims(document, name), ...dynamodbKept(document, name) };
  });
});
