import type { OutboundEvent } from '../../lambdas/domain/outbound-event.ts';
import { toUnixSeconds, type UnixMillis, type UnixSeconds } from '../../lambdas/domain/time.ts';

/** The OutboundEvents table in memory. */
export function memoryEvents() {
  const events = new Map<string, OutboundEvent>();

  return {
    events,

    async create(event: OutboundEvent): Promise<OutboundEvent | undefined> {
      const known = events.get(event.id);
      const isExpired = known?.expiresAt !== undefined && known.expiresAt <= toUnixSeconds(event.createdAt);
      if (known !== undefined && !isExpired) return known;
      events.set(event.id, event);
      return undefined;
    },

    read: async (id: string): Promise<OutboundEvent | undefined> => events.get(id),

    async markFannedOut(id: string, at: UnixMillis): Promise<void> {
      const event = events.get(id);
      if (event !== undefined) events.set(id, { ...event, fannedOutAt: at });
    },

    async open(id: string, member: string): Promise<boolean> {
      const event = events.get(id);
      if (event === undefined) return false;
      events.set(id, { ...event, open: [...new Set([...event.open, member])], expiresAt: undefined });
      return true;
    },

    async close(id: string, members: readonly string[], expiresAt: UnixSeconds): Promise<void> {
      const event = events.get(id);
      if (event === undefined) return;
      const open = event.open.filter((member) => !members.includes(member));
      const isLast = open.length === 0 && (event.open.length > 0 || event.expiresAt === undefined);
      events.set(id, { ...event, open, expiresAt: isLast ? expiresAt : event.expiresAt });
    },
  };
}
