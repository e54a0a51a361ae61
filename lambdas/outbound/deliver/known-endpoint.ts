import { type DeliveryTask, endpointHash } from '../../domain/delivery-task.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import type { LimiterState } from '../../domain/limiter.ts';
import type { OutboundPorts } from '../ports.ts';
import { type EndpointMemory, isValid, learn } from './endpoint-memory.ts';

export type KnownEndpointPorts = Pick<OutboundPorts, 'now' | 'endpoints' | 'limiter' | 'memoryOf'>;

/**
 * The endpoint of a task, as read in this batch and the last two seconds. Its limiter is read by the same call.
 *
 * A later batch reads it again: the response of an old URL must not hold the endpoint whose URL was mended. So does a task that
 * a person asked for. What is done about an endpoint that is missing or disabled is decided by a read of its own.
 */
export function knownEndpoint(
  task: DeliveryTask,
  batch: object,
  ports: KnownEndpointPorts,
): Promise<Endpoint | undefined> {
  const memory = ports.memoryOf(endpointHash(task));
  const at = ports.now();
  const { read } = memory;
  if (read?.batch === batch && task.byHand === undefined && isValid(read, at)) return read.endpoint;
  const endpoint = readEndpoint(task, memory, ports);
  memory.read = { at, batch, endpoint };
  return endpoint;
}

async function readEndpoint(
  { tenant, endpointId }: DeliveryTask,
  memory: EndpointMemory,
  { now, endpoints }: KnownEndpointPorts,
): Promise<Endpoint | undefined> {
  const at = now();
  const { endpoint, limiter } = await endpoints.readWithLimiter(tenant, endpointId);
  learn(memory, limiter, at);
  return endpoint;
}

/** The state of a limiter, as read or written in the last two seconds. */
export async function knownLimiter(
  limiterKey: string,
  memory: EndpointMemory,
  { now, limiter }: KnownEndpointPorts,
): Promise<LimiterState> {
  const at = now();
  if (memory.known !== undefined && isValid(memory.known, at)) return memory.known.state;
  const state = await limiter.read(limiterKey);
  learn(memory, state, at);
  return state;
}
