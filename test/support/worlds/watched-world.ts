import type { AttemptOutcome } from '../../../lambdas/domain/attempt-outcome.ts';
import { endpointMemories } from '../../../lambdas/outbound/deliver/endpoint-memory.ts';
import { endpointHashOf } from '../fixtures/ids.ts';
import { newEndpoint } from '../fixtures/new-endpoint.ts';
import { accepted, type Request, start } from '../fixtures/outbound.ts';
import { outboundWorld } from './outbound-world.ts';

/** The key of the endpoint's limiter. */
export const limiterKey = endpointHashOf('acme', 'ep_1');

/** A world with one endpoint, and the calls of λ deliver to its limiter and its endpoint. */
export async function watchedWorld(
  answer: (request: Request, count: number) => AttemptOutcome | Promise<AttemptOutcome> = () => accepted,
  limits: Parameters<typeof newEndpoint>[1] = {},
) {
  const world = outboundWorld(answer);
  await world.endpoints.create(newEndpoint(start, limits));
  const calls: string[] = [];
  const watched = <Store extends object>(store: Store): Store =>
    Object.fromEntries(
      Object.entries(store).map(([name, call]) => [
        name,
        typeof call !== 'function'
          ? call
          : (...args: unknown[]) => {
              calls.push(name);
              return call(...args);
            },
      ]),
    ) as Store;
  const { endpoints, limiter, ...others } = world.deliverPorts;
  /** The ports of a process that lives on. */
  const worker = (): typeof world.deliverPorts => ({
    ...others,
    endpoints: watched(endpoints),
    limiter: watched(limiter),
    memoryOf: endpointMemories(),
    // Only the end of another request ends a wait.
    pause: () => new Promise(() => undefined),
  });
  return { world, calls, worker, limiter, state: () => limiter.read(limiterKey) };
}
