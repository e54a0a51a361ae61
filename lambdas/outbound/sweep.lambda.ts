// Heals the outbound flow: open sweep.ts next; what it sends goes to deliver.lambda.ts.
// Trigger: a schedule, every minute, without retries.
// Input: the due index of the deliveries table → output: tasks on the delivery queue, dead letters, the operators' messages.
// On failure: the next minute's run does the same; an alarm tells when none has run for five minutes.
import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { patientCalls } from '../adapters/aws/call-bounds.ts';
import { deadDeliveries } from '../adapters/aws/dead-deliveries.ts';
import { dynamoClient } from '../adapters/aws/dynamo-client.ts';
import { dynamodbDeliveries } from '../adapters/aws/dynamodb-deliveries.ts';
import { dynamodbDue } from '../adapters/aws/dynamodb-due.ts';
import { dynamodbEndpointDeliveries } from '../adapters/aws/dynamodb-endpoint-deliveries.ts';
import { dynamodbEndpointGauges } from '../adapters/aws/dynamodb-endpoint-gauges.ts';
import { dynamodbEndpoints } from '../adapters/aws/dynamodb-endpoints.ts';
import { dynamodbHeld } from '../adapters/aws/dynamodb-held.ts';
import { dynamodbOutboundEvents } from '../adapters/aws/dynamodb-outbound-events.ts';
import { dynamodbRecoveries } from '../adapters/aws/dynamodb-recoveries.ts';
import { dynamodbTallies } from '../adapters/aws/dynamodb-tallies.ts';
import { dynamodbWaiting } from '../adapters/aws/dynamodb-waiting.ts';
import { queueReaders } from '../adapters/aws/queue-readers.ts';
import { operationsTopic } from '../adapters/aws/sns-topic.ts';
import { sqsClient } from '../adapters/aws/sqs-client.ts';
import { sqsQueue } from '../adapters/aws/sqs-queue.ts';
import { telemetry } from '../adapters/aws/telemetry.ts';
import { OutboundSettings } from '../domain/outbound-settings.ts';
import { type Millis, unixMillis } from '../domain/time.ts';
import { readEnv, readSettings, sweepEnv } from '../env.ts';
import { keepMeasured } from './keep-measured.ts';
import { sweep } from './sweep.ts';

/** What the last page may take. */
const reserveMs = 10_000;

const env = readEnv(sweepEnv);
const { deliveryRetention } = readSettings(OutboundSettings);
const report = telemetry('sweep');
const table = dynamoClient(patientCalls);
const queues = sqsClient(patientCalls);
const tasks = sqsQueue(queues, env.DELIVERY_QUEUE_URL);
const deadLetters = deadDeliveries(queues, {
  delivery: env.DELIVERY_DLQ_URL,
  undelivered: env.UNDELIVERED_QUEUE_URL,
});
const ports = {
  now: () => unixMillis(Date.now()),
  due: dynamodbDue(table, env.DELIVERIES_TABLE).due,
  deliveries: {
    ...dynamodbDeliveries(table, env.DELIVERIES_TABLE),
    ...dynamodbHeld(table, env.DELIVERIES_TABLE),
    ...dynamodbWaiting(table, env.DELIVERIES_TABLE),
    ...dynamodbEndpointDeliveries(table, env.DELIVERIES_TABLE),
  },
  endpoints: dynamodbEndpoints(table, env.ENDPOINTS_TABLE),
  events: dynamodbOutboundEvents(table, env.OUTBOUND_EVENTS_TABLE),
  recoveries: dynamodbRecoveries(table, env.ENDPOINTS_TABLE),
  tallies: dynamodbTallies(table, env.ENDPOINTS_TABLE),
  gauges: dynamodbEndpointGauges(table, env.ENDPOINTS_TABLE),
  pause: (span: Millis) => pause(span),
  sendTask: tasks.send,
  sendTasks: tasks.sendAll,
  tellOperators: operationsTopic(patientCalls, env.OPERATIONS_TOPIC_ARN),
  sendDeadDelivery: deadLetters.send,
  readQueues: queueReaders(queues, env.DELIVERY_QUEUE_URL, env.DEAD_LETTER_QUEUES.split(',')),
  telemetry: report,
};

/** The schedule's entry. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  try {
    await Promise.all([
      sweep(deliveryRetention, () => context.getRemainingTimeInMillis() > reserveMs, ports),
      keepMeasured(ports),
    ]);
  } finally {
    report.flush();
  }
}
