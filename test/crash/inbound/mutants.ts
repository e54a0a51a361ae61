import { ReceivedMessage, type Wait, withWait } from '../../../lambdas/domain/event.ts';
import type { Claim, EventRecord } from '../../../lambdas/domain/idempotency.ts';
import type { InboundEventStore } from '../../../lambdas/domain/inbound-event-store.ts';
import { parseMessage } from '../../../lambdas/domain/messages.ts';
import { type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';
import type { ConsumePorts } from '../../../lambdas/inbound/consume.ts';
import type { QueuedMessage } from '../../../lambdas/inbound/open-message.ts';
import type { InboundTable } from '../../support/worlds/inbound-tables.ts';
import type { Variant } from './scenario.ts';

/** The latest that a `Date` can be, and a record can have. */
const lastInstant = unixMillis(8.64e15);

const isSuspect = (record: EventRecord | undefined, now: UnixMillis): record is EventRecord =>
  record?.status === 'processing' && (record.leaseUntil ?? 0) <= now;

/** Changes the store that the use case calls. */
const claimsThat = (
  change: (store: InboundEventStore, ports: ConsumePorts) => Partial<InboundEventStore>,
): Variant => ({
  above: (ports) => ({
    ...ports,
    inboundEvents: { ...ports.inboundEvents, ...change(ports.inboundEvents, ports) },
  }),
});

/** Changes how the table itself handles a claim. */
const claimThat = (
  change: (mine: Claim, records: InboundTable['records']) => EventRecord | undefined,
): Variant => ({
  below: (ports, { records }) => ({
    ...ports,
    inboundEvents: {
      ...ports.inboundEvents,
      claim: async (mine) => change(mine, records) ?? ports.inboundEvents.claim(mine),
    },
  }),
});

/** Changes the refusing record that the use case gets. */
const recordsSeenAs = (change: (record: EventRecord) => EventRecord): Variant =>
  claimsThat(({ claim }) => ({
    claim: async (mine) => {
      const record = await claim(mine);
      return record && change(record);
    },
  }));

/** Changes how messages are sent back. */
const sendsBack = (change: (ports: ConsumePorts) => ConsumePorts['sendBack']): Variant => ({
  above: (ports) => ({ ...ports, sendBack: change(ports) }),
});

/** Changes the wait in a message that is sent back. */
const sendsBackWith = (change: (wait: Wait, before: QueuedMessage) => Wait | undefined): Variant =>
  sendsBack(({ sendBack }) => (message, text, delay) => {
    const { wait } = parseMessage(ReceivedMessage, 'message', text);
    return sendBack(message, withWait(text, wait && change(wait, message)), delay);
  });

/** Changes the record of a released event that the use case gets. */
const releasedSeenAs = (change: Partial<EventRecord>): Variant =>
  recordsSeenAs((record) => (record.status === 'retrying' ? { ...record, ...change } : record));

/** Mutants of long waits. */
const mistakesOfWaits = {
  'deletes a message before it sends it back': sendsBack(
    ({ sendBack, deleteMessage }) =>
      async (message, text, delay) => {
        await deleteMessage(message.receiptHandle);
        await sendBack(message, text, delay);
      },
  ),

  'leaves a message that it sent back in its batch': {
    above: (ports) => ({ ...ports, deleteMessage: async () => undefined }),
  },

  'records that a message waits before it is sent': {
    above: (ports) => {
      const waiting: (() => Promise<void>)[] = [];
      return {
        ...ports,
        sendBack: async (...args) => void waiting.push(() => ports.sendBack(...args)),
        inboundEvents: {
          ...ports.inboundEvents,
          finish: async (mine, outcome, now) => {
            const isOurs = await ports.inboundEvents.finish(mine, outcome, now);
            for (const send of waiting.splice(0)) await send();
            return isOurs;
          },
        },
      };
    },
  },

  'does not notice that a message was not sent back': sendsBack(
    ({ sendBack }) =>
      (...args) =>
        sendBack(...args).catch(() => undefined),
  ),

  'does not look whether an attempt is due': releasedSeenAs({ dueAt: undefined }),

  'does not know a superseded message': releasedSeenAs({ sentBack: undefined }),

  'treats a message in flight as superseded': releasedSeenAs({ sentBack: true }),

  'sends a message back without its time': sendsBackWith((wait) => ({ ...wait, notBefore: 0 })),

  'sends a message back without its wait': sendsBackWith(() => undefined),

  'loses the attempt of a wait in a hop': sendsBackWith((wait, { text }) =>
    text.includes('"wait"') ? { ...wait, after: 'a hop' } : wait,
  ),

  'sends a message back as another one': sendsBackWith((wait) => ({ ...wait, origin: 'another' })),
} satisfies Record<string, Variant>;

/** The mutants. Each removes one rule from the flow. */
export const mistakes = {
  ...mistakesOfWaits,

  'acknowledges an event that another worker has': recordsSeenAs((record) =>
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

  'does not count a crash': claimsThat(({ reclaim }) => ({
    reclaim: (seen, mine) =>
      reclaim(seen, seen.status === 'processing' ? { ...mine, attempts: seen.attempts } : mine),
  })),

  'claims with a lease that never ends': claimsThat(({ claim }) => ({
    claim: (mine) => claim({ ...mine, leaseUntil: lastInstant }),
  })),

  'finishes an event that it does not own': {
    below: (ports, { records }) => ({
      ...ports,
      inboundEvents: {
        ...ports.inboundEvents,
        finish: async (mine, outcome, now) => {
          const { owner, attempts } = mine;
          const record = records.get(mine.id);
          if (record) records.set(mine.id, { ...record, owner, attempts, status: 'processing' });
          return ports.inboundEvents.finish(mine, outcome, now);
        },
      },
    }),
  },

  'releases before it records': claimsThat(({ finish, reclaim }) => ({
    finish: async (mine, outcome, now) => {
      if (outcome.kind !== 'processed') return finish(mine, outcome, now);
      await finish(mine, { kind: 'retrying', error: 'released', dueAt: now, sentBack: false }, now);
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
        inboundEvents: {
          ...ports.inboundEvents,
          finish: async (mine, outcome, now) => {
            const isOurs = await ports.inboundEvents.finish(mine, outcome, now);
            for (const text of waiting.splice(0)) await ports.sendDeadLetter(text);
            return isOurs;
          },
        },
      };
    },
  },

  'sends no dead letter': { above: (ports) => ({ ...ports, sendDeadLetter: async () => undefined }) },

  'keeps no body': { above: (ports) => ({ ...ports, putBody: async () => undefined }) },

  'treats a redelivery of a failed event as a duplicate': claimThat((mine, records) => {
    const record = records.get(mine.id);
    return record?.status === 'failed' ? { ...record, status: 'processed' } : undefined;
  }),

  'lets a late worker claim an ignored event': claimThat((mine, records) => {
    const record = records.get(mine.id);
    if (record?.status === 'ignored') records.set(mine.id, { ...record, endedMessageId: undefined });
    return undefined;
  }),

  'runs what is processed': claimThat((mine, records) => {
    if (records.get(mine.id)?.status === 'processed') records.delete(mine.id);
    return undefined;
  }),
} satisfies Record<string, Variant>;
