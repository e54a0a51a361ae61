import type { Claim, EventRecord, Outcome } from '../../../lambdas/domain/idempotency.ts';
import type { InboundEventStore } from '../../../lambdas/domain/inbound-event-store.ts';
import {
  toUnixSeconds,
  type UnixMillis,
  type UnixSeconds,
  unixMillis,
} from '../../../lambdas/domain/time.ts';

interface StoredRecord extends EventRecord {
  readonly expiresAt: UnixSeconds;
  readonly keptDay?: string;
}

/** The InboundEvents table in memory: one map, each call one atomic step. */
export function memoryInboundEvents() {
  const records = new Map<string, StoredRecord>();

  const leaseIsOver = (record: StoredRecord, now: UnixMillis) =>
    record.leaseUntil === undefined || record.leaseUntil <= now;

  const isFree = (record: StoredRecord | undefined, claim: Claim) =>
    record === undefined ||
    (record.expiresAt <= toUnixSeconds(claim.now) && leaseIsOver(record, claim.now)) ||
    (['failed', 'ignored'].includes(record.status) && record.endedMessageId !== claim.messageId);

  const claimed = (record: StoredRecord | undefined, claim: Claim): StoredRecord => ({
    ...record,
    id: claim.id,
    status: 'processing',
    owner: claim.owner,
    attempts: claim.attempts,
    leaseUntil: claim.leaseUntil,
    dueAt: undefined,
    sentBack: undefined,
    lastError: claim.lastError,
    eventType: claim.eventType,
    receivedAt: claim.receivedAt,
    expiresAt: toUnixSeconds(claim.expiresAt),
  });

  const store: InboundEventStore = {
    async claim(claim) {
      const record = records.get(claim.id);
      if (!isFree(record, claim)) return record;
      records.set(claim.id, {
        ...claimed(record, claim),
        endedMessageId: undefined,
        processedAt: undefined,
      });
      return undefined;
    },

    async reclaim(seen, claim) {
      const record = records.get(claim.id);
      if (record === undefined) throw new Error(`${claim.id} is gone`);
      const isAsSeen =
        record.status === seen.status &&
        record.owner === seen.owner &&
        record.attempts === seen.attempts &&
        leaseIsOver(record, claim.now);
      if (!isAsSeen) return record;
      records.set(claim.id, claimed(record, claim));
      return undefined;
    },

    async finish(claim, outcome, now) {
      const record = records.get(claim.id);
      const isMine = record?.owner === claim.owner && record.attempts === claim.attempts;
      if (record === undefined || !isMine) return false;
      if (record.status === outcome.kind) return true;
      if (record.status !== 'processing') return false;
      records.set(claim.id, {
        ...record,
        status: outcome.kind,
        leaseUntil: undefined,
        ...ended(claim, outcome, now),
      });
      return true;
    },

    async readRecord(id) {
      return records.get(id);
    },

    async listKept(day, limit, after) {
      const places = [...records.values()]
        .filter(({ keptDay }) => keptDay === day)
        .map(({ id, keptAt = unixMillis(0) }) => ({ id, keptAt }))
        .sort((a, b) => a.keptAt - b.keptAt || (a.id < b.id ? -1 : 1))
        .filter(
          ({ id, keptAt }) => !after || keptAt > after.keptAt || (keptAt === after.keptAt && id > after.id),
        );
      const page = places.slice(0, limit);
      return { ids: page.map(({ id }) => id), next: places.length > limit ? page.at(-1) : undefined };
    },
  };
  return { ...store, records };
}

function ended(claim: Claim, outcome: Outcome, now: UnixMillis): Partial<StoredRecord> {
  switch (outcome.kind) {
    case 'processed':
      return {
        processedAt: now,
        lastError: undefined,
        keptBody: undefined,
        keptMessage: undefined,
        keptDay: undefined,
        keptAt: undefined,
      };
    case 'retrying':
      return { lastError: outcome.error, dueAt: outcome.dueAt, sentBack: outcome.sentBack || undefined };
    case 'failed':
      return {
        lastError: outcome.error,
        endedMessageId: claim.messageId,
        keptAt: now,
        keptDay: outcome.kept.keptDay,
        keptBody: outcome.kept.keptBody,
        keptMessage: outcome.kept.keptMessage,
      };
    case 'ignored':
      return {
        lastError: undefined,
        endedMessageId: claim.messageId,
        keptAt: now,
        keptDay: outcome.kept.keptDay,
        keptBody: outcome.kept.keptBody,
        keptMessage: outcome.kept.keptMessage,
      };
  }
}
