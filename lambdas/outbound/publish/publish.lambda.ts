// Step 1 of 2 of the outbound flow: open publish.ts next, then record-event.ts; step 2 is deliver.lambda.ts.
// Trigger: the publish queue, in batches; SNS feeds it, or an application directly.
// Input: publish messages → output: an event and a delivery in the tables, a task on the delivery queue.
// On failure: SQS redelivers the message. One that can never be published goes to the publish DLQ with its reason.
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { patientCalls } from '../../adapters/call-bounds.ts';
import { dynamoClient } from '../../adapters/dynamodb/client.ts';
import { dynamodbDeliveries } from '../../adapters/dynamodb/deliveries/store.ts';
import { dynamodbEndpoints } from '../../adapters/dynamodb/endpoints/store.ts';
import { dynamodbEventTypes } from '../../adapters/dynamodb/event-types.ts';
import { gatherWrites } from '../../adapters/dynamodb/gathered-writes.ts';
import { payloadReader } from '../../adapters/dynamodb/outbound-events/payload-reader.ts';
import { dynamodbOutboundEvents } from '../../adapters/dynamodb/outbound-events/store.ts';
import { lazyPayloadStore } from '../../adapters/s3/lazy-payload-store.ts';
import { payloadCheck } from '../../adapters/schema/payload-check.ts';
import { sqsClient } from '../../adapters/sqs/client.ts';
import { sqsQueue } from '../../adapters/sqs/queue.ts';
import { recordsIn } from '../../adapters/sqs/records.ts';
import { telemetry } from '../../adapters/telemetry/telemetry.ts';
import { OutboundSettings } from '../../domain/outbound-settings.ts';
import { unixMillis } from '../../domain/time.ts';
import { publishEnv, readEnv, readSettings } from '../../env.ts';
import { publish } from './publish.ts';

const env = readEnv(publishEnv);
const settings = readSettings(OutboundSettings);
const report = telemetry('publish');
const table = gatherWrites(dynamoClient(patientCalls));
const queues = sqsClient(patientCalls);
const deadLetters = sqsQueue(queues, env.PUBLISH_DLQ_URL);
const tasks = sqsQueue(queues, env.DELIVERY_QUEUE_URL);
const events = dynamodbOutboundEvents(table, env.OUTBOUND_EVENTS_TABLE);
const bodies = lazyPayloadStore(patientCalls, env.PAYLOAD_BUCKET);
const now = () => unixMillis(Date.now());
const ports = {
  now,
  validatePayload: payloadCheck(dynamodbEventTypes(table, env.ENDPOINTS_TABLE).read, now),
  events,
  readPayload: payloadReader(events.read, bodies.get),
  endpoints: dynamodbEndpoints(table, env.ENDPOINTS_TABLE),
  deliveries: dynamodbDeliveries(table, env.DELIVERIES_TABLE),
  putPayload: bodies.put,
  sendTask: tasks.send,
  sendTasks: tasks.sendAll,
  sendRanges: sqsQueue(queues, env.PUBLISH_QUEUE_URL).sendAll,
  sendDeadLetter: (body: string) => deadLetters.send({ body }),
  telemetry: report,
};

/** The event source mapping's entry. */
export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  try {
    const failed = await publish(recordsIn(event), settings, ports);
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  } finally {
    report.flush();
  }
}
