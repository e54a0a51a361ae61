// Step 2 of 2 of the outbound flow: open deliver.ts next, then deliver-one.ts: admit, claim, attempt, plan, finish.
// Trigger: the delivery queue and the sideline queue, in small batches; publish, sweep, replay and this function itself feed
// the first, this function the second.
// Input: delivery tasks → output: signed requests to endpoints, each attempt on its delivery's record, the next task.
// On failure: SQS redelivers the message, and sweep.lambda.ts finishes what a crash left undone. A delivery that fails for
// good ends in the undelivered queue if that is the endpoint's fault, else in the delivery DLQ.
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { patientCalls } from '../../adapters/call-bounds.ts';
import { dynamoClient } from '../../adapters/dynamodb/client.ts';
import { dynamodbDeliveries } from '../../adapters/dynamodb/deliveries/store.ts';
import { dynamodbEndpoints } from '../../adapters/dynamodb/endpoints/store.ts';
import { dynamodbTallies } from '../../adapters/dynamodb/failure-tallies.ts';
import { gatherWrites } from '../../adapters/dynamodb/gathered-writes.ts';
import { dynamodbLimiter } from '../../adapters/dynamodb/limiter/store.ts';
import { payloadReader } from '../../adapters/dynamodb/outbound-events/payload-reader.ts';
import { dynamodbOutboundEvents } from '../../adapters/dynamodb/outbound-events/store.ts';
import { nameResolver } from '../../adapters/http/name-resolver.ts';
import { httpSender } from '../../adapters/http/sender.ts';
import { pause } from '../../adapters/pause.ts';
import { lazyPayloadStore } from '../../adapters/s3/lazy-payload-store.ts';
import { secretsClient } from '../../adapters/secrets/client.ts';
import { endpointKeys } from '../../adapters/secrets/endpoint-keys.ts';
import { masterSecret } from '../../adapters/secrets/master-secret.ts';
import { signingSecret } from '../../adapters/secrets/signing-secret.ts';
import { operationsTopic } from '../../adapters/sns/operations-topic.ts';
import { sqsClient } from '../../adapters/sqs/client.ts';
import { deadDeliveries } from '../../adapters/sqs/delivery-dead-letters.ts';
import { queueNameOf, sqsQueue } from '../../adapters/sqs/queue.ts';
import { type QueueRecord, recordsIn } from '../../adapters/sqs/records.ts';
import { telemetry } from '../../adapters/telemetry/telemetry.ts';
import type { TaskMessage, TaskQueue } from '../../domain/delivery-task.ts';
import { OutboundSettings } from '../../domain/outbound-settings.ts';
import { parseRefusedRanges } from '../../domain/refused-ranges.ts';
import { type Millis, unixMillis } from '../../domain/time.ts';
import { deliverEnv, readEnv, readSettings } from '../../env.ts';
import { countTogether } from '../count-together.ts';
import { deliver } from './deliver.ts';
import { endpointMemories } from './endpoint-memory.ts';

const env = readEnv(deliverEnv);
const settings = readSettings(OutboundSettings);
const report = telemetry('deliver');
const table = gatherWrites(dynamoClient(patientCalls));
const queues = sqsClient(patientCalls);
const taskQueues = {
  delivery: sqsQueue(queues, env.DELIVERY_QUEUE_URL),
  sideline: sqsQueue(queues, env.SIDELINE_QUEUE_URL),
};
const deadLetters = deadDeliveries(queues, {
  delivery: env.DELIVERY_DLQ_URL,
  undelivered: env.UNDELIVERED_QUEUE_URL,
});
const events = dynamodbOutboundEvents(table, env.OUTBOUND_EVENTS_TABLE);
const bodies = lazyPayloadStore(patientCalls, env.PAYLOAD_BUCKET);
const secrets = secretsClient(patientCalls);
const master = masterSecret(secrets, env.MASTER_SECRET);
const endpoints = dynamodbEndpoints(table, env.ENDPOINTS_TABLE);
const rules = { ...settings, refusedRanges: parseRefusedRanges(env.REFUSED_RANGES) };
const sender = httpSender(rules, nameResolver(), (hostname, reason) =>
  report.warn('destination.refused', { hostname, reason }),
);
const ports = {
  now: () => unixMillis(Date.now()),
  random: Math.random,
  deliveries: dynamodbDeliveries(table, env.DELIVERIES_TABLE),
  endpoints,
  limiter: dynamodbLimiter(table, env.ENDPOINTS_TABLE),
  events,
  readPayload: payloadReader(events.read, bodies.get),
  signingKeys: signingSecret(secrets, env.SIGNING_SECRET).keys,
  endpointKeys: endpointKeys(master, endpoints.reseal),
  endpointHeaders: master.endpointHeaders,
  notifyOperators: operationsTopic(patientCalls, env.OPERATIONS_TOPIC_ARN),
  post: sender.post,
  sendTask: (task: TaskMessage) => taskQueues[task.queue].send(task),
  sendDeadDelivery: deadLetters.send,
  tallies: countTogether(dynamodbTallies(table, env.ENDPOINTS_TABLE)),
  pause: (span: Millis) => pause(span),
  after(span: Millis, act: () => void) {
    const timer = setTimeout(act, span);
    return () => clearTimeout(timer);
  },
  memoryOf: endpointMemories(),
  telemetry: report,
};

/** A batch comes from one queue. */
const queueOf = ([record]: readonly QueueRecord[]): TaskQueue =>
  record?.queueName === queueNameOf(env.SIDELINE_QUEUE_URL) ? 'sideline' : 'delivery';

/** The entry of both event source mappings. */
export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const hasTime = (span: Millis) => context.getRemainingTimeInMillis() >= span;
  try {
    const records = recordsIn(event);
    const queue = queueOf(records);
    const { delete: deleteMessage, returnAfter: returnMessageAfter } = taskQueues[queue];
    const batchPorts = { ...ports, deleteMessage, returnMessageAfter };
    const failed = await deliver(records, { queue, hasTime }, settings, batchPorts);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  } finally {
    report.flush();
  }
}
