import type { OutboundEvent } from '../../../lambdas/domain/outbound-event.ts';
import { toUnixSeconds, type UnixMillis, type UnixSeconds } from '../../../lambdas/domain/time.ts';

/** The OutboundEvents table in memory. */
export function memoryEvents() {
  const events = new Map<string, OutboundEvent>();

  const update = (
    id: string,
    isAllowed: (event: OutboundEvent) => boolean,
    change: (event: OutboundEvent) => Partial<OutboundEvent>,
  ): OutboundEvent | undefined => {
    const event = events.get(id);
    if (event === undefined || !isAllowed(event)) return event;
    const changed = { ...event, ...change(event) };
    events.set(id, changed);
    return changed;
  };

  return {
    events,

    async create(event: OutboundEvent): Promise<OutboundEvent | undefined> {
      const known = events.get(event.id);
      if (known !== undefined && known.expiresAt > toUnixSeconds(event.createdAt)) return known;
      events.set(event.id, event);
      return undefined;
    },

    read: async (id: string): Promise<OutboundEvent | undefined> => events.get(id),

    async markFannedOut(seen: Pick<OutboundEvent, 'id' | 'isWide'>, at: UnixMillis): Promise<void> {
      update(
        seen.id,
        ({ isWide }) => isWide === seen.isWide,
        () => ({ fannedOutAt: at }),
      );
    },

    async keep(id: string, until: UnixSeconds, now: UnixMillis): Promise<boolean> {
      const isThere = ({ expiresAt }: OutboundEvent) => expiresAt > toUnixSeconds(now) && expiresAt < until;
      const event = update(id, isThere, () => ({ expiresAt: until }));
      return event !== undefined && event.expiresAt >= until;
    },

    widen: async (id: string) =>
      update(
        id,
        ({ isWide }) => isWide === undefined,
        () => ({ isWide: true, fannedOutAt: undefined }),
      ),

    split: async (id: string, ranges: readonly string[]) =>
      update(
        id,
        ({ rangesLeft, fannedOutAt }) => rangesLeft === undefined && fannedOutAt === undefined,
        () => ({ rangesLeft: ranges }),
      ),

    rangeDone: async (id: string, range: string) =>
      update(
        id,
        () => true,
        ({ rangesLeft = [] }) => {
          const left = rangesLeft.filter((other) => other !== range);
          return { rangesLeft: left.length > 0 ? left : undefined };
        },
      ),
  };
}
