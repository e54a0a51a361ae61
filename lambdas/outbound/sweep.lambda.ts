// Heals the outbound flow: open sweep.ts next; what it sends goes to deliver.lambda.ts.
// Trigger: a schedule, every minute, without retries.
// Input: the due index of the deliveries table → output: tasks on the delivery queue, dead letters on its DLQ.
// On failure: the next minute's run does the same; an alarm tells when none has run for five minutes.
import type { Context } from 'aws-lambda';
import { patientCalls } from '../adapters/aws/call-bounds.ts';
import { dynamoClient } from '../adapters/aws/dynamo-client.ts';
import { dynamodbDeliveries } from '../adapters/aws/dynamodb-deliveries.ts';
import { dynamodbDue } from '../adapters/aws/dynamodb-due.ts';
import { dynamodbOutboundEvents } from '../adapters/aws/dynamodb-outbound-events.ts';
import { sqsClient } from '../adapters/aws/sqs-client.ts';
import { sqsQueue } from '../adapters/aws/sqs-queue.ts';
import { telemetry } from '../adapters/aws/telemetry.ts';
import { unixMillis } from '../domain/time.ts';
import { readEnv, sweepEnv } from '../env.ts';
import { sweep } from './sweep.ts';

/** What the last page may take. */
const reserveMs = 10_000;

const env = readEnv(sweepEnv);
const report = telemetry('sweep');
const table = dynamoClient(patientCalls);
const queues = sqsClient(patientCalls);
const deadLetters = sqsQueue(queues, env.DELIVERY_DLQ_URL);
const ports = {
  now: () => unixMillis(Date.now()),
  due: dynamodbDue(table, env.DELIVERIES_TABLE).due,
  deliveries: dynamodbDeliveries(table, env.DELIVERIES_TABLE),
  events: dynamodbOutboundEvents(table, env.OUTBOUND_EVENTS_TABLE),
  sendTasks: sqsQueue(queues, env.DELIVERY_QUEUE_URL).sendAll,
  sendDeadLetter: (body: string) => deadLetters.send({ body }),
  telemetry: report,
};

/** The schedule's entry. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  try {
    await sweep(() => context.getRemainingTimeInMillis() > reserveMs, ports);
  } finally {
    report.flush();
  }
}
