// The management API: open manage.ts next, then operations.ts; what it publishes and sends goes to outbound/.
// Trigger: an HTTP API whose callers IAM authorises.
// Input: the requests in openapi.json → output: endpoints, event types and jobs in the tables; messages on queues.
// On failure: the caller gets problem details and may repeat the request; Hookline does not retry it.
import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyEventV2WithIAMAuthorizer, Context } from 'aws-lambda';
import { callerOf, checkHttpEvent, managementRequest, managementResponse } from '../adapters/api-gateway.ts';
import { patientCalls } from '../adapters/call-bounds.ts';
import { dynamoClient } from '../adapters/dynamodb/client.ts';
import { dynamodbDeliveries } from '../adapters/dynamodb/deliveries/store.ts';
import { dynamodbEndpoints } from '../adapters/dynamodb/endpoints/store.ts';
import { dynamodbEventTypes } from '../adapters/dynamodb/event-types.ts';
import { dynamodbInboundEvents } from '../adapters/dynamodb/inbound-events/store.ts';
import { dynamodbLimiter } from '../adapters/dynamodb/limiter/store.ts';
import { payloadReader } from '../adapters/dynamodb/outbound-events/payload-reader.ts';
import { dynamodbOutboundEvents } from '../adapters/dynamodb/outbound-events/store.ts';
import { dynamodbRecoveries } from '../adapters/dynamodb/recoveries.ts';
import { checkHostname } from '../adapters/http/guarded-lookup.ts';
import { nameResolver } from '../adapters/http/name-resolver.ts';
import { pause } from '../adapters/pause.ts';
import { lazyPayloadStore } from '../adapters/s3/lazy-payload-store.ts';
import { payloadCheck } from '../adapters/schema/payload-check.ts';
import { secretsClient } from '../adapters/secrets/client.ts';
import { masterSecret } from '../adapters/secrets/master-secret.ts';
import { operationsTopic } from '../adapters/sns/operations-topic.ts';
import { sqsClient } from '../adapters/sqs/client.ts';
import { inboundQueues } from '../adapters/sqs/inbound-queues.ts';
import { sqsQueue } from '../adapters/sqs/queue.ts';
import { telemetry } from '../adapters/telemetry/telemetry.ts';
import { OutboundSettings } from '../domain/outbound-settings.ts';
import { type Millis, unixMillis } from '../domain/time.ts';
import { managementEnv, readEnv, readSettings } from '../env.ts';
import { manage } from './manage.ts';
import { operationsOf } from './operations.ts';

/** Work that takes longer is left to the sweep; the gateway gives up after 30 s. */
const longestResponseMs = 10_000;

const env = readEnv(managementEnv);
const settings = readSettings(OutboundSettings);
const report = telemetry('management');
const table = dynamoClient(patientCalls);
const queues = sqsClient(patientCalls);
const bodies = lazyPayloadStore(patientCalls, env.PAYLOAD_BUCKET);
const events = dynamodbOutboundEvents(table, env.OUTBOUND_EVENTS_TABLE);
const eventTypes = dynamodbEventTypes(table, env.ENDPOINTS_TABLE);
const inbound = inboundQueues(queues, env.INBOUND_QUEUES, env.INBOUND_QUEUE_URL);
const publishQueue = sqsQueue(queues, env.PUBLISH_QUEUE_URL);
const resolve = nameResolver();
const now = () => unixMillis(Date.now());
const ports = {
  now,
  pause: (span: Millis) => pause(span),
  newId: (prefix: string) => `${prefix}_${randomBytes(16).toString('hex')}`,
  rules: settings,
  checkHostname: (hostname: string) =>
    checkHostname(hostname, resolve, (name, reason) =>
      report.warn('destination.refused', { hostname: name, reason }),
    ),
  maxTimeoutSeconds: settings.attemptTimeout / 1000,
  maxConcurrent: settings.maxConcurrent,
  retention: settings.deliveryRetention,
  endpoints: dynamodbEndpoints(table, env.ENDPOINTS_TABLE),
  limiter: dynamodbLimiter(table, env.ENDPOINTS_TABLE),
  secrets: masterSecret(secretsClient(patientCalls), env.MASTER_SECRET),
  deliveries: dynamodbDeliveries(table, env.DELIVERIES_TABLE),
  events,
  readPayload: payloadReader(events.read, bodies.get),
  recoveries: dynamodbRecoveries(table, env.ENDPOINTS_TABLE),
  eventTypes,
  // Few requests describe event types, so a cold start does not wait for it.
  checkSchema: async (schema: object) =>
    (await import('../adapters/schema/payload-schema.ts')).checkSchema(schema),
  validatePayload: payloadCheck(eventTypes.read, now),
  sendPublication: (body: string) => publishQueue.send({ body }),
  sendTask: sqsQueue(queues, env.DELIVERY_QUEUE_URL).send,
  notifyOperators: operationsTopic(patientCalls, env.OPERATIONS_TOPIC_ARN),
  inboundEvents: dynamodbInboundEvents(table, env.INBOUND_EVENTS_TABLE),
  getBody: bodies.get,
  putBody: bodies.put,
  sources: inbound.sources,
  enqueueFor: inbound.enqueue,
  openapi: async () => (await import('./openapi.json', { with: { type: 'json' } })).default,
  telemetry: report,
};

/** The table of a part that the deployment does not have has no name. */
const served = operationsOf({
  inbound: env.INBOUND_EVENTS_TABLE !== '',
  outbound: env.ENDPOINTS_TABLE !== '',
});

/** Handles one request of API Gateway. */
export async function handler(event: APIGatewayProxyEventV2WithIAMAuthorizer, _context: Context) {
  const endsAt = Date.now() + longestResponseMs;
  checkHttpEvent(event);
  try {
    const hasTime = () => Date.now() < endsAt;
    const request = managementRequest(event);
    return managementResponse(await manage(request, callerOf(event), { ...ports, hasTime }, served));
  } finally {
    report.flush();
  }
}
