import { payloadCheck } from '../../../lambdas/adapters/schema/payload-check.ts';
import { checkSchema } from '../../../lambdas/adapters/schema/payload-schema.ts';
import type { OperatorNotice as OperatorMessage } from '../../../lambdas/domain/operator-notice.ts';
import { manage } from '../../../lambdas/management/manage.ts';
import type { ManagementRequest } from '../../../lambdas/management/operation.ts';
import type { OperationPorts } from '../../../lambdas/management/operations.ts';
import { memorySealing } from '../../../testing/memory/sealing.ts';
import { inboundTable } from './inbound-tables.ts';
import { outboundWorld } from './outbound-world.ts';

/** The management API in memory, over the outbound flow's world; its tables have DynamoDB's limits. */
export function managementWorld() {
  const world = outboundWorld();
  const { eventTypes } = world;
  const made = { ids: 0 };
  const published: string[] = [];
  const problems: unknown[] = [];
  const ports: OperationPorts = {
    now: world.now,
    hasTime: () => true,
    pause: async () => undefined,
    newId: (prefix) => `${prefix}_${++made.ids}`,
    rules: world.settings,
    checkHostname: async () => undefined,
    maxTimeoutSeconds: 30,
    maxConcurrent: world.settings.maxConcurrent,
    retention: world.settings.deliveryRetention,
    endpoints: world.endpoints,
    limiter: world.limiter,
    secrets: memorySealing,
    deliveries: world.table,
    events: world.events,
    readPayload: async () => undefined,
    recoveries: world.recoveries,
    eventTypes,
    checkSchema: async (schema: object) => checkSchema(schema),
    validatePayload: payloadCheck(eventTypes.read, world.now),
    sendPublication: async (body) => void published.push(body),
    sendTask: world.deliveryQueue.send,
    notifyOperators: async (operation: OperatorMessage) => void world.operations.push(operation),
    telemetry: world.report.telemetry,
    sources: [],
    inboundEvents: inboundTable(),
    getBody: async () => undefined,
    putBody: async () => undefined,
    enqueueFor: async () => undefined,
  };
  const telemetry = {
    ...world.report.telemetry,
    error: (_line: string, _fields: object, error?: Error) => void problems.push(error),
  };

  return {
    world,
    ports,
    published,
    problems,
    call: (
      method: string,
      path: string,
      body?: unknown,
      more: Partial<ManagementRequest> = {},
      changed: Partial<OperationPorts> = {},
    ) =>
      manage(
        { method, path, query: {}, body: body === undefined ? '' : JSON.stringify(body), ...more },
        'arn:aws:iam::1:user/me',
        { ...ports, ...changed, openapi: async () => ({}), telemetry },
      ),
  };
}
