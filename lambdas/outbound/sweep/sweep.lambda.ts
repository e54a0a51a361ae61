// Heals the outbound flow: open sweep.ts next; what it sends goes to deliver.lambda.ts.
// Trigger: a schedule, every minute, without retries.
// Input: the due index of the deliveries table, manifests → output: tasks on the delivery queue, dead letters, notices to the operators.
// On failure: the next minute's run does the same; an alarm fires when none has run for five minutes.
import type { Context } from 'aws-lambda';
import { patientCalls } from '../../adapters/call-bounds.ts';
import { dynamoClient } from '../../adapters/dynamodb/client.ts';
import { dynamodbDeliveries } from '../../adapters/dynamodb/deliveries/store.ts';
import { dynamodbEndpointGauges } from '../../adapters/dynamodb/endpoints/gauges.ts';
import { dynamodbEndpoints } from '../../adapters/dynamodb/endpoints/store.ts';
import { dynamodbTallies } from '../../adapters/dynamodb/failure-tallies.ts';
import { dynamodbLimiter } from '../../adapters/dynamodb/limiter/store.ts';
import { dynamodbManifests } from '../../adapters/dynamodb/manifests.ts';
import { dynamodbOutboundEvents } from '../../adapters/dynamodb/outbound-events/store.ts';
import { dynamodbRecoveries } from '../../adapters/dynamodb/recoveries.ts';
import { pause } from '../../adapters/pause.ts';
import { operationsTopic } from '../../adapters/sns/operations-topic.ts';
import { sqsClient } from '../../adapters/sqs/client.ts';
import { deadDeliveries } from '../../adapters/sqs/delivery-dead-letters.ts';
import { sqsQueue } from '../../adapters/sqs/queue.ts';
import { queueReaders } from '../../adapters/sqs/queue-readers.ts';
import { telemetry } from '../../adapters/telemetry/telemetry.ts';
import { OutboundSettings } from '../../domain/outbound-settings.ts';
import { type Millis, unixMillis } from '../../domain/time.ts';
import { readEnv, readSettings, sweepEnv } from '../../env.ts';
import { countTogether } from '../count-together.ts';
import { keepMeasured } from './keep-measured.ts';
import { sweep } from './sweep.ts';

/** The time kept for the last page. */
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
  deliveries: dynamodbDeliveries(table, env.DELIVERIES_TABLE),
  manifests: dynamodbManifests(table, env.ENDPOINTS_TABLE),
  endpoints: dynamodbEndpoints(table, env.ENDPOINTS_TABLE),
  limiter: dynamodbLimiter(table, env.ENDPOINTS_TABLE),
  events: dynamodbOutboundEvents(table, env.OUTBOUND_EVENTS_TABLE),
  recoveries: dynamodbRecoveries(table, env.ENDPOINTS_TABLE),
  tallies: countTogether(dynamodbTallies(table, env.ENDPOINTS_TABLE)),
  gauges: dynamodbEndpointGauges(table, env.ENDPOINTS_TABLE),
  pause: (span: Millis) => pause(span),
  sendTask: tasks.send,
  sendTasks: tasks.sendAll,
  notifyOperators: operationsTopic(patientCalls, env.OPERATIONS_TOPIC_ARN),
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
