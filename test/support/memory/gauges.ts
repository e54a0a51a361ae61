import { endpointHash } from '../../../lambdas/domain/delivery-task.ts';
import { isDisabledByUs } from '../../../lambdas/domain/endpoint.ts';
import type { UnixMillis } from '../../../lambdas/domain/time.ts';
import type { memoryEndpoints } from './endpoints.ts';
import type { memoryLimiter } from './limiter.ts';

/** The numbers of endpoints in memory, and of those that are down. */
export const memoryGauges = (
  { endpoints }: ReturnType<typeof memoryEndpoints>,
  { limiter }: ReturnType<typeof memoryLimiter>,
) => ({
  known: async (): Promise<number> => endpoints.size,
  down: async (since: UnixMillis): Promise<number> => {
    const disabled = [...endpoints.values()].filter(
      (known) =>
        isDisabledByUs(known) && known.attentionAt === undefined && (known.disabled?.at ?? 0) > since,
    );
    const open = [...limiter].filter(([, { downUntil = 0 }]) => downUntil > since);
    const names = disabled.map(({ tenant, id }) => endpointHash({ tenant, endpointId: id }));
    return new Set([...names, ...open.map(([name]) => name)]).size;
  },
});
