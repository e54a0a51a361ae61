import type { Claim, EventRecord } from '../../../lambdas/domain/idempotency.ts';
import { type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';
import type { ClaimsPort } from '../../../lambdas/inbound/claim.ts';
import type { ConsumePorts } from '../../../lambdas/inbound/consume.ts';
import type { memoryClaims } from '../../fakes/inbound-claims.ts';
import type { Variant } from './scenario.ts';

type StoredRecord = ReturnType<ReturnType<typeof memoryClaims>['records']['get']> & object;

const isSuspect = (record: EventRecord | undefined, now: UnixMillis): record is EventRecord =>
  record?.status === 'processing' && (record.leaseUntil ?? 0) <= now;

/** Changes the table as the use case sees it. */
const claimsThat = (change: (claims: ClaimsPort, ports: ConsumePorts) => Partial<ClaimsPort>): Variant => ({
  above: (ports) => ({ ...ports, claims: { ...ports.claims, ...change(ports.claims, ports) } }),
});

/** Changes what the table itself does with a claim. */
const claimThat = (
  change: (mine: Claim, records: Map<string, StoredRecord>) => EventRecord | undefined,
): Variant => ({
  below: (ports, { records }) => ({
    ...ports,
    claims: {
      ...ports.claims,
      claim: async (mine) => change(mine, records) ?? ports.claims.claim(mine),
    },
  }),
});

/** Shows the use case a refusing record otherwise than it is. */
const recordsSeenAs = (change: (record: EventRecord) => EventRecord): Variant =>
  claimsThat(({ claim }) => ({
    claim: async (mine) => {
      const record = await claim(mine);
      return record && change(record);
    },
  }));

/** Each takes one rule out of the flow. */
export const mistakes = {
  'acknowledges what another is working on': recordsSeenAs((record) =>
    record.status === 'processing' ? { ...record, status: 'processed' } : record,
  ),

  'runs suspects among the batch': claimsThat(({ claim, reclaim }) => ({
    claim: async (mine) => {
      const record = await claim(mine);
      return isSuspect(record, mine.now) ? { ...record, status: 'retrying' } : record;
    },
    reclaim: (seen, mine) =>
      reclaim(seen.leaseUntil === undefined ? seen : { ...seen, status: 'processing' }, mine),
  })),

  'counts the refusal of a suspect': claimThat((mine, records) => {
    const record = records.get(mine.id);
    if (record === undefined || !isSuspect(record, mine.now)) return undefined;
    records.set(mine.id, { ...record, attempts: record.attempts + 1 });
    return records.get(mine.id);
  }),

  'takes over a live lease': claimThat((mine, records) => {
    const record = records.get(mine.id);
    if (record?.status === 'processing') records.set(mine.id, { ...record, leaseUntil: mine.now });
    return undefined;
  }),

  'does not count what crashed': claimsThat(({ reclaim }) => ({
    reclaim: (seen, mine) =>
      reclaim(seen, seen.status === 'processing' ? { ...mine, attempts: seen.attempts } : mine),
  })),

  'claims without a lease that ends': claimsThat(({ claim }) => ({
    claim: (mine) => claim({ ...mine, leaseUntil: unixMillis(Number.MAX_SAFE_INTEGER) }),
  })),

  'finishes what it does not own': {
    below: (ports, { records }) => ({
      ...ports,
      claims: {
        ...ports.claims,
        finish: async (mine, outcome, now) => {
          const { owner, attempts } = mine;
          const record = records.get(mine.id);
          if (record) records.set(mine.id, { ...record, owner, attempts, status: 'processing' });
          return ports.claims.finish(mine, outcome, now);
        },
      },
    }),
  },

  'releases before it records': claimsThat(({ finish, reclaim }) => ({
    finish: async (mine, outcome, now) => {
      if (outcome.kind !== 'processed') return finish(mine, outcome, now);
      await finish(mine, { kind: 'retrying', error: 'released' }, now);
      const seen = { ...mine, status: 'retrying', leaseUntil: undefined } as const;
      return (await reclaim(seen, mine)) === undefined && finish(mine, outcome, now);
    },
  })),

  'acknowledges before it records': claimsThat(({ finish }, { deleteMessage }) => ({
    finish: async (mine, outcome, now) => {
      await deleteMessage(`${mine.messageId}/1`);
      return finish(mine, outcome, now);
    },
  })),

  'records the failure before the dead letter': {
    above: (ports) => {
      const waiting: string[] = [];
      return {
        ...ports,
        sendDeadLetter: async (text) => void waiting.push(text),
        claims: {
          ...ports.claims,
          finish: async (mine, outcome, now) => {
            const isOurs = await ports.claims.finish(mine, outcome, now);
            for (const text of waiting.splice(0)) await ports.sendDeadLetter(text);
            return isOurs;
          },
        },
      };
    },
  },

  'sends no dead letter': { above: (ports) => ({ ...ports, sendDeadLetter: async () => undefined }) },

  'keeps no body': { above: (ports) => ({ ...ports, putBody: async () => undefined }) },

  'takes a redelivery of a failure for a duplicate': claimThat((mine, records) => {
    const record = records.get(mine.id);
    return record?.status === 'failed' ? { ...record, status: 'processed' } : undefined;
  }),

  'lets a late worker claim what was ignored': claimThat((mine, records) => {
    const record = records.get(mine.id);
    if (record?.status === 'ignored') records.set(mine.id, { ...record, endedMessageId: undefined });
    return undefined;
  }),

  'runs what is processed': claimThat((mine, records) => {
    if (records.get(mine.id)?.status === 'processed') records.delete(mine.id);
    return undefined;
  }),
} satisfies Record<string, Variant>;
