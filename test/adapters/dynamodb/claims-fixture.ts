import type { Claim, EventRecord } from '../../../lambdas/domain/idempotency.ts';
import type { InboundEventStore } from '../../../lambdas/domain/inbound-event-store.ts';
import { type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';

export const start = unixMillis(1_795_000_000_000);
export const minute = 60_000;
export const retention = 35 * 24 * 60 * minute;
export const at = (ms: number): UnixMillis => unixMillis(start + ms);
export const kept = { keptBody: 'inbound/stripe/kept/1', keptDay: 'stripe#2026-11-18' };

let nextId = 0;

/** Claims on an event id that no other test uses. @param make each call may share one table */
export const claimsFixture = (make: () => Promise<InboundEventStore>) => async () => {
  const claims = await make();
  const id = `contract#evt_${process.pid}_${nextId++}`;
  const claimBy = (worker: string, now = start, attempts = 1): Claim => ({
    id,
    owner: `${worker}/message-${worker}`,
    messageId: `message-${worker}`,
    eventType: 'invoice.paid',
    receivedAt: start,
    attempts,
    lastError: `no outcome in attempt ${attempts}`,
    now,
    leaseUntil: unixMillis(now + minute),
    expiresAt: unixMillis(now + retention),
  });
  const record = async (): Promise<EventRecord> => {
    const found = await claims.readRecord(id);
    if (found === undefined) throw new Error(`no record of ${id}`);
    return found;
  };
  return { claims, claimBy, record };
};
