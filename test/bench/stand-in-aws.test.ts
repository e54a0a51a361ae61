import { afterAll, describe, expect, it } from 'vitest';
import { startStandInAws } from '../../bench/cpu/stand-in-aws.ts';
import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { dynamoClient } from '../../lambdas/adapters/dynamodb/client.ts';
import {
  BatchExecuteStatementCommand,
  BatchGetCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '../../lambdas/adapters/dynamodb/commands.ts';
import { sqsClient } from '../../lambdas/adapters/sqs/client.ts';
import { SendMessageBatchCommand } from '../../lambdas/adapters/sqs/commands.ts';
import { awsVariables } from '../../local/endpoint.ts';

const aws = await startStandInAws({
  tables: { Things: { partitionKey: 'tenant' } },
  queues: { Work: 30 },
  functions: undefined as never,
});
afterAll(aws.stop);
const table = dynamoClient(patientCalls, awsVariables(aws));
const queues = sqsClient(patientCalls, awsVariables(aws));
const item = { tenant: 'acme', id: 'one', bytes: new Uint8Array([1, 2]), names: new Set(['a']), n: 3 };
const put = new PutCommand({
  TableName: 'Things',
  Item: item,
  ConditionExpression: 'attribute_not_exists(#id)',
  ExpressionAttributeNames: { '#id': 'id' },
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
});

describe("the bench's stand-in of AWS", () => {
  it('stores and reads items over the wire', async () => {
    await table.send(put);
    const Key = { tenant: 'acme', id: 'one' };
    expect(await table.send(new GetCommand({ TableName: 'Things', Key }))).toEqual({ Item: item });
    const wanted = { RequestItems: { Things: { Keys: [Key] } } };
    expect(await table.send(new BatchGetCommand(wanted))).toMatchObject({ Responses: { Things: [item] } });
    const query = new QueryCommand({
      TableName: 'Things',
      KeyConditionExpression: '#tenant = :tenant',
      ExpressionAttributeNames: { '#tenant': 'tenant' },
      ExpressionAttributeValues: { ':tenant': 'acme' },
    });
    expect(await table.send(query)).toMatchObject({ Items: [item] });
  });

  it('refuses a condition with the item, and a statement of several', async () => {
    await expect(table.send(put)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { id: { S: 'one' }, bytes: { B: 'AQI=' } },
    });
    const Statement = `INSERT INTO "Things" VALUE {'tenant': ?, 'id': ?}`;
    const batch = new BatchExecuteStatementCommand({
      Statements: ['one', 'two'].map((id) => ({ Statement, Parameters: ['acme', id] })),
    });
    const { Responses = [] } = await table.send(batch);
    expect(Responses.map(({ Error: error }) => error?.Code)).toEqual(['DuplicateItem', undefined]);
  });

  it('takes messages, and tells of them', async () => {
    let news = 0;
    aws.onArrival('Work', () => news++);
    const Entries = ['a', 'b'].map((Id) => ({ Id, MessageBody: `text ${Id}` }));
    await queues.send(new SendMessageBatchCommand({ QueueUrl: `${aws.url}/000000000000/Work`, Entries }));
    const texts = aws
      .queue('Work')
      .receive(10)
      .map(({ text }) => text);
    expect({ texts, news }).toEqual({ texts: ['text a', 'text b'], news: 2 });
  });

  it('counts calls, and notes the ones that it does not know', async () => {
    const before = aws.calls.get('GetItem') ?? 0;
    const get = new GetCommand({ TableName: 'Things', Key: { tenant: 'acme', id: 'none' } });
    await table.send(get);
    expect(aws.calls.get('GetItem')).toBe(before + 1);
    await fetch(aws.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'DynamoDB_20120810.Mystery' },
      body: '{}',
    });
    expect(aws.unknown).toEqual([expect.stringContaining('does not know Mystery')]);
  });
});
