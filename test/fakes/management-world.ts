import { masterKey, seal, unseal } from '../../lambdas/domain/endpoint-secret.ts';
import type { Operation as OperatorMessage } from '../../lambdas/domain/operation.ts';
import { manage } from '../../lambdas/management/manage.ts';
import type { ManagementRequest } from '../../lambdas/management/operation.ts';
import type { OperationPorts } from '../../lambdas/management/operations.ts';
import { outboundWorld } from './outbound-world.ts';

/** The management API in memory, over the outbound flow's world. */
export function managementWorld() {
  const world = outboundWorld();
  const master = masterKey('a master secret');
  const made = { ids: 0 };
  const published: string[] = [];
  const problems: unknown[] = [];
  const ports: OperationPorts = {
    now: world.now,
    hasTime: () => true,
    pause: async () => undefined,
    newId: (prefix) => `${prefix}_${++made.ids}`,
    rules: world.settings,
    refusalOfName: async () => undefined,
    maxTimeoutSeconds: 30,
    retention: world.settings.deliveryRetention,
    endpoints: { ...world.endpoints, reseal: async (seen) => seen },
    gates: world.gates,
    secrets: {
      seal: async (text, owner, at) => seal(text, master, owner, at),
      open: async (sealed, owner) => unseal(sealed, master, owner),
      resealed: async () => undefined,
    },
    deliveries: world.table,
    events: { ...world.events, payload: async () => undefined },
    recoveries: world.recoveries,
    eventTypes: {
      read: async () => undefined,
      page: async () => ({ eventTypes: [] }),
      put: async () => true,
      remove: async () => undefined,
    },
    refusalOfSchema: () => undefined,
    refusalOfPayload: async () => undefined,
    sendPublication: async (body) => void published.push(body),
    sendTask: world.deliveryQueue.send,
    tellOperators: async (operation: OperatorMessage) => void world.operations.push(operation),
    telemetry: world.report.telemetry,
    sources: [],
    listKept: async () => [],
    readRecord: async () => undefined,
    getBody: async () => undefined,
    putBody: async () => undefined,
    enqueue: async () => undefined,
  };
  const telemetry = {
    ...world.report.telemetry,
    error: (_line: string, _fields: object, error?: Error) => void problems.push(error),
  };

  return {
    ...{ world, ports, published, problems },
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
