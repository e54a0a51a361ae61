import type { EndpointPorts } from './endpoint-ports.ts';
import type { Operation } from './operation.ts';
import {
  type DeliveryPorts,
  getDelivery,
  listEndpointDeliveries,
  retryDelivery,
} from './operations/deliveries.ts';
import {
  disableEndpoint,
  enableEndpoint,
  revealSecret,
  rotateSecret,
  testEndpoint,
} from './operations/endpoint-control.ts';
import {
  createEndpoint,
  deleteEndpoint,
  getEndpoint,
  listEndpoints,
  updateEndpoint,
} from './operations/endpoints.ts';
import {
  deleteEventType,
  type EventTypePorts,
  getEventType,
  listEventTypes,
  putEventType,
} from './operations/event-types.ts';
import { type EventPorts, publishEvent } from './operations/events.ts';
import { testFilter } from './operations/filter-tests.ts';
import {
  getInboundEvent,
  type InboundEventPorts,
  listInboundEvents,
  replayInboundEvent,
} from './operations/inbound-events.ts';
import {
  cancelRecovery,
  estimateRecovery,
  getRecovery,
  type RecoveryPorts,
  startRecovery,
} from './operations/recoveries.ts';
import { Problem } from './problem.ts';

export type OperationPorts = EndpointPorts &
  EventPorts &
  DeliveryPorts &
  RecoveryPorts &
  EventTypePorts &
  InboundEventPorts;

const outboundOperations: readonly Operation<OperationPorts>[] = [
  createEndpoint,
  listEndpoints,
  getEndpoint,
  updateEndpoint,
  deleteEndpoint,
  enableEndpoint,
  disableEndpoint,
  rotateSecret,
  revealSecret,
  testEndpoint,
  testFilter,
  publishEvent,
  listEndpointDeliveries,
  getDelivery,
  retryDelivery,
  estimateRecovery,
  startRecovery,
  getRecovery,
  cancelRecovery,
  listEventTypes,
  getEventType,
  putEventType,
  deleteEventType,
];
const inboundOperations: readonly Operation<OperationPorts>[] = [
  listInboundEvents,
  getInboundEvent,
  replayInboundEvent,
];

/** All operations of the management API. */
export const operations = [...outboundOperations, ...inboundOperations];

/** The same for a deployment without one of its parts: the operations of that part answer 404, and say why. */
export const operationsOf = (has: { readonly inbound: boolean; readonly outbound: boolean }) => [
  ...(has.outbound
    ? outboundOperations
    : outboundOperations.map(absent('This deployment sends nothing: it was made by InboundWebhooks.'))),
  ...(has.inbound
    ? inboundOperations
    : inboundOperations.map(absent('This deployment receives nothing: it was made by OutboundWebhooks.'))),
];

const absent =
  (detail: string) =>
  (shape: Operation<OperationPorts>): Operation<OperationPorts> => ({
    ...shape,
    run: () => Promise.reject(new Problem('not-found', detail)),
  });
