import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand as SdkBatch, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, UpdateCommand as SdkUpdate } from '@aws-sdk/lib-dynamodb';
import { patientCalls } from '../lambdas/adapters/call-bounds.ts';
import { dynamoClient } from '../lambdas/adapters/dynamodb/client.ts';
import { UpdateCommand } from '../lambdas/adapters/dynamodb/commands.ts';
import { clientConfig } from '../lambdas/adapters/sdk-config.ts';
import { sqsClient } from '../lambdas/adapters/sqs/client.ts';
import { SendMessageBatchCommand } from '../lambdas/adapters/sqs/commands.ts';
import { awsVariables, clientConfig as localConfig } from '../local/endpoint.ts';
import { cpuOfEach } from './cpu-time.ts';

/**
 * Measures the CPU time of one call of AWS in microseconds, by the SDK's clients and by the functions' own.
 *
 * The server answers at once, in a process of its own, and speaks HTTP: TLS would cost both the same.
 */
export async function measureCalls(rounds: number): Promise<ReadonlyMap<string, number>> {
  const server = spawn(process.execPath, [join(import.meta.dirname, 'empty-aws-process.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [url] = await once(createInterface(server.stdout), 'line');
  const times = await cpuOfEach(casesAt(String(url)), { rounds, calls: 300 });
  server.stdin.end();
  await once(server, 'exit');
  return times;
}

function casesAt(url: string): ReadonlyMap<string, () => Promise<unknown>> {
  const sdkConfig = { ...clientConfig(patientCalls), ...localConfig({ url }) };
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(sdkConfig), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const queue = new SQSClient({ ...sdkConfig, useQueueUrlAsEndpoint: false });
  const ownTable = dynamoClient(patientCalls, awsVariables({ url }));
  const ownQueue = sqsClient(patientCalls, awsVariables({ url }));
  return new Map<string, () => Promise<unknown>>([
    ['SDK, UpdateItem with a condition', () => table.send(new SdkUpdate(update))],
    ['Hookline, UpdateItem with a condition', () => ownTable.send(new UpdateCommand(update))],
    ['SDK, SendMessageBatch of ten', () => queue.send(new SdkBatch(batch))],
    ['Hookline, SendMessageBatch of ten', () => ownQueue.send(new SendMessageBatchCommand(batch))],
  ]);
}

/** As large as the claim of a delivery. */
const update = {
  TableName: 'Deliveries',
  Key: { id: 'acme#evt_1#ep_1' },
  UpdateExpression: 'SET #status = :set_status, #leaseUntil = :set_leaseUntil, #claims = #claims + :one',
  ConditionExpression: '#status = :pending AND #claims = :claims',
  ExpressionAttributeNames: { '#status': 'status', '#leaseUntil': 'leaseUntil', '#claims': 'claims' },
  ExpressionAttributeValues: {
    ':set_status': 'pending',
    ':set_leaseUntil': 1_795_000_000_000,
    ':one': 1,
    ':pending': 'pending',
    ':claims': 3,
  },
  ReturnValues: 'ALL_NEW' as const,
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
};

/** Ten messages of 1 kB. */
const batch = {
  QueueUrl: 'https://sqs.us-east-1.amazonaws.com/1/queue',
  Entries: Array.from({ length: 10 }, (_, index) => ({
    Id: String(index),
    MessageBody: JSON.stringify({ id: `evt_${index}`, text: 'x'.repeat(1_000) }),
    MessageAttributes: { source: { DataType: 'String', StringValue: 'stripe' } },
  })),
};
