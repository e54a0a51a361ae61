// The management API: open manage.ts next, then operations.ts; what it publishes and sends goes to outbound/.
// Trigger: an HTTP API whose callers are authorised by IAM.
// Input: requests as openapi.json describes them → output: endpoints, event types and jobs in the tables; messages on queues.
// On failure: the caller gets problem details, and may send the same again; nothing is tried by itself.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { APIGatewayProxyEventV2WithIAMAuthorizer, Context } from 'aws-lambda';
import { managementRequest, managementResponse } from '../adapters/aws/api-gateway.ts';
import { patientCalls } from '../adapters/aws/call-bounds.ts';
import { dynamoClient } from '../adapters/aws/dynamo-client.ts';
import { dynamodbDeliveries } from '../adapters/aws/dynamodb-deliveries.ts';
import { dynamodbEndpointChanges } from '../adapters/aws/dynamodb-endpoint-changes.ts';
import { dynamodbEndpointDeliveries } from '../adapters/aws/dynamodb-endpoint-deliveries.ts';
import { dynamodbEndpoints } from '../adapters/aws/dynamodb-endpoints.ts';
import { dynamodbEventTypes } from '../adapters/aws/dynamodb-event-types.ts';
import { dynamodbLimiter } from '../adapters/aws/dynamodb-gates.ts';
import { dynamodbHeld } from '../adapters/aws/dynamodb-held.ts';
import { dynamodbKept } from '../adapters/aws/dynamodb-kept.ts';
import { dynamodbOutboundEvents } from '../adapters/aws/dynamodb-outbound-events.ts';
import { dynamodbRecoveries } from '../adapters/aws/dynamodb-recoveries.ts';
import { dynamodbWaiting } from '../adapters/aws/dynamodb-waiting.ts';
import { inboundQueues } from '../adapters/aws/inbound-queues.ts';
import { masterSecret } from '../adapters/aws/master-secret.ts';
import { payloadReader } from '../adapters/aws/payload-reader.ts';
import { payloadStore } from '../adapters/aws/payload-store.ts';
import { s3Client } from '../adapters/aws/s3-client.ts';
import { secretsClient } from '../adapters/aws/secrets-client.ts';
import { operationsTopic } from '../adapters/aws/sns-topic.ts';
import { sqsClient } from '../adapters/aws/sqs-client.ts';
import { sqsQueue } from '../adapters/aws/sqs-queue.ts';
import { telemetry } from '../adapters/aws/telemetry.ts';
import { checkHostname } from '../adapters/guarded-lookup.ts';
import { nameResolver } from '../adapters/name-resolver.ts';
import { payloadCheck } from '../adapters/payload-check.ts';
import { checkSchema } from '../adapters/payload-schema.ts';
import { OutboundSettings } from '../domain/outbound-settings.ts';
import { type Millis, unixMillis } from '../domain/time.ts';
import { managementEnv, readEnv, readSettings } from '../env.ts';
import { manage } from './manage.ts';

/** The gateway gives up after 30 s: what takes longer goes on by itself. */
const longestAnswerMs = 10_000;

const env = readEnv(managementEnv);
const settings = readSettings(OutboundSettings);
const report = telemetry('management');
const table = dynamoClient(patientCalls);
const queues = sqsClient(patientCalls);
const bodies = payloadStore(s3Client(patientCalls), env.PAYLOAD_BUCKET);
const events = dynamodbOutboundEvents(table, env.OUTBOUND_EVENTS_TABLE);
const eventTypes = dynamodbEventTypes(table, env.ENDPOINTS_TABLE);
const inbound = inboundQueues(queues, env.INBOUND_QUEUES, env.DELIVERY_QUEUE_URL);
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
  retention: settings.deliveryRetention,
  endpoints: {
    ...dynamodbEndpoints(table, env.ENDPOINTS_TABLE),
    ...dynamodbEndpointChanges(table, env.ENDPOINTS_TABLE),
  },
  limiter: dynamodbLimiter(table, env.ENDPOINTS_TABLE),
  secrets: masterSecret(secretsClient(patientCalls), env.MASTER_SECRET),
  deliveries: {
    ...dynamodbDeliveries(table, env.DELIVERIES_TABLE),
    ...dynamodbHeld(table, env.DELIVERIES_TABLE),
    ...dynamodbWaiting(table, env.DELIVERIES_TABLE),
    ...dynamodbEndpointDeliveries(table, env.DELIVERIES_TABLE),
  },
  events: { ...events, payload: payloadReader(events.read, bodies.get) },
  recoveries: dynamodbRecoveries(table, env.ENDPOINTS_TABLE),
  eventTypes,
  checkSchema,
  refusalOfPayload: payloadCheck(eventTypes.read, now),
  sendPublication: (body: string) => publishQueue.send({ body }),
  sendTask: sqsQueue(queues, env.DELIVERY_QUEUE_URL).send,
  notifyOperators: operationsTopic(patientCalls, env.OPERATIONS_TOPIC_ARN),
  ...dynamodbKept(table, env.INBOUND_EVENTS_TABLE),
  getBody: bodies.get,
  putBody: bodies.put,
  sources: inbound.sources,
  enqueue: inbound.enqueue,
  openapi: async () => (await import('./openapi.json', { with: { type: 'json' } })).default,
  telemetry: report,
};

/** The gateway's entry. */
export async function handler(event: APIGatewayProxyEventV2WithIAMAuthorizer, _context: Context) {
  const endsAt = Date.now() + longestAnswerMs;
  try {
    const caller = event.requestContext.authorizer?.iam?.userArn ?? 'unknown';
    const hasTime = () => Date.now() < endsAt;
    return managementResponse(await manage(managementRequest(event), caller, { ...ports, hasTime }));
  } finally {
    report.flush();
  }
}
