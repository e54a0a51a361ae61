import { type Delivery, nextAttemptAtOf } from '../../../lambdas/domain/delivery-record.ts';
import { type DeadDelivery, deliveryDeadLetter, taskMessage } from '../../../lambdas/domain/delivery-task.ts';
import { secondsUntil } from '../../../lambdas/domain/time.ts';
import { asDelivery, asRecord, type StoredDelivery } from '../../support/worlds/stored-delivery.ts';
import type { PartsMistake as Mutant } from './mistake.ts';
import type { Parts } from './world.ts';

type Deliveries = Parts['deliveries'];

/** Changes writes to the deliveries table; the rest stays honest. */
const withDeliveries = (parts: Parts, changed: Partial<Deliveries>): Partial<Parts> => ({
  deliveries: { ...parts.deliveries, ...changed },
});

const sentWith = (delivery: Delivery, attempt: number, now: ReturnType<Parameters<Mutant>[1]>) =>
  taskMessage(
    { deliveryId: delivery.id, attempt },
    delivery,
    secondsUntil(nextAttemptAtOf(delivery) ?? now, now),
  );

/** Takes a delivery out of the due index. */
function neverDue({ dueAt: _, ...delivery }: StoredDelivery): StoredDelivery {
  return delivery;
}

/** A worker that finds a live lease treats the attempt as recorded. */
export const acknowledgesOnLiveLease: Mutant = (parts, now) =>
  withDeliveries(parts, {
    async claim(id, attempt, until) {
      const write = await parts.deliveries.claim(id, attempt, until);
      const { delivery } = write;
      if (write.ok || delivery?.status !== 'pending' || (delivery.leaseUntil ?? 0) <= now()) return write;
      return { ok: false, delivery: { ...delivery, attempts: attempt } };
    },
  });

export const claimsDespiteLiveLease: Mutant = (parts) =>
  withDeliveries(parts, {
    async claim(id, attempt, until) {
      const seen = parts.deliveries.deliveries.get(id);
      if (seen?.leaseUntil === undefined) return parts.deliveries.claim(id, attempt, until);
      return parts.deliveries.claimSuspect(asDelivery(seen), attempt, seen.leaseUntil, until.lease);
    },
  });

export const claimsRecordedAttempts: Mutant = (parts) =>
  withDeliveries(parts, {
    claim: (id, _attempt, until) => parts.deliveries.claim(id, Number.MAX_SAFE_INTEGER, until),
  });

/** A suspect runs in the batch, with the other messages. */
export const claimsSuspectsAtOnce: Mutant = (parts, now) =>
  withDeliveries(parts, {
    async claim(id, attempt, until) {
      const write = await parts.deliveries.claim(id, attempt, until);
      if (write.ok || write.delivery?.status !== 'pending') return write;
      return parts.deliveries.claimSuspect(write.delivery, attempt, now(), until.lease);
    },
  });

export const sendsTheNextTaskBeforeTheRecord: Mutant = (parts, now) => ({
  ...withDeliveries(parts, {
    async record(fence, record) {
      const delivery = parts.deliveries.deliveries.get(fence.id);
      if (delivery && record.status === 'pending') {
        const waiting = asDelivery({ ...delivery, nextAttemptAt: record.nextAttemptAt });
        await parts.sendTask(sentWith(waiting, record.attempts + 1, now()));
      }
      return parts.deliveries.record(fence, record);
    },
  }),
  sendTask: async () => undefined,
});

export const recordsWithoutFence: Mutant = (parts) =>
  withDeliveries(parts, {
    record(fence, record) {
      const { claims = 0, round = 0 } = parts.deliveries.deliveries.get(fence.id) ?? {};
      return parts.deliveries.record({ ...fence, claims, round }, record);
    },
  });

export const recordsRetriesWithoutDueAt: Mutant = (parts) =>
  withDeliveries(parts, {
    record: (fence, record) =>
      parts.deliveries.record(
        fence,
        record.status === 'pending' ? asRecord<typeof record>({ ...record, dueAt: undefined }) : record,
      ),
  });

/** Out of the due index first, then onto the DLQ. */
export const leavesTheDueIndexBeforeTheLetter: Mutant = (parts) => {
  const letters: DeadDelivery[] = [];
  return {
    ...withDeliveries(parts, {
      async clearDue(id, round) {
        const write = await parts.deliveries.clearDue(id, round);
        for (const letter of letters.splice(0)) await parts.sendDeadDelivery(letter);
        return write;
      },
    }),
    sendDeadDelivery: async (letter) => void letters.push(letter),
  };
};

export const clearsTheDueIndexInAnyRound: Mutant = (parts) =>
  withDeliveries(parts, {
    async clearDue(id, _round) {
      const { deliveries } = parts.deliveries;
      const delivery = deliveries.get(id);
      if (delivery === undefined) return { ok: false };
      const cleared = neverDue(delivery);
      deliveries.set(id, cleared);
      return { ok: true, delivery: asDelivery(cleared) };
    },
  });

export const sweepsBeforeMovingOn: Mutant = (parts, now) => {
  const seen = new Map<string, Delivery>();
  return {
    ...withDeliveries(parts, {
      async read(id) {
        const delivery = await parts.deliveries.read(id);
        if (delivery) seen.set(id, delivery);
        return delivery;
      },
      async moveDue(from, dueAt, sweeps, eventExpiresAt) {
        const delivery = seen.get(from.id);
        if (delivery?.status === 'pending' && sweeps > delivery.sweeps) {
          await parts.sendTask(sentWith(delivery, delivery.attempts + 1, now()));
        }
        return parts.deliveries.moveDue(from, dueAt, sweeps, eventExpiresAt);
      },
    }),
    sendTasks: async (tasks) => (seen.size > 0 ? undefined : parts.sendTasks(tasks)),
  };
};

/** The endpoint of a delivery is recognised only by the time of its creation. */
export const fencesByClock: Mutant = (parts) =>
  withDeliveries(parts, {
    create: ({ generation: _, ...delivery }) => parts.deliveries.create(delivery),
  });

export const letsEventsExpire: Mutant = (parts) => ({
  events: { ...parts.events, keep: async () => true },
});

/** Only the first time, because otherwise it would never end. */
export const releasesWithoutRecord: Mutant = (parts) => {
  const said = { times: 0 };
  return withDeliveries(parts, {
    async endWait(seen, dueAt) {
      if (said.times++ > 0) return parts.deliveries.endWait(seen, dueAt);
      return { ok: true, delivery: asDelivery(seen) };
    },
  });
};

export const releasesWithoutDueAt: Mutant = (parts) =>
  withDeliveries(parts, {
    async endWait(seen, at) {
      const write = await parts.deliveries.endWait(seen, at);
      if (!write.ok) return write;
      const delivery = neverDue(write.delivery);
      parts.deliveries.deliveries.set(seen.id, delivery);
      return { ok: true, delivery: asDelivery(delivery) };
    },
  });

export const defersWithoutRecord: Mutant = (parts) =>
  withDeliveries(parts, {
    async defer(id) {
      const delivery = parts.deliveries.deliveries.get(id);
      return delivery === undefined ? { ok: false } : { ok: true, delivery: asDelivery(delivery) };
    },
  });

/** A failure of an endpoint pages the operators, and a fault of our own does not. */
export const sendsLettersToTheWrongQueue: Mutant = (parts) => ({
  sendDeadDelivery: ({ queue, body }) =>
    parts.sendDeadDelivery({ queue: queue === 'delivery' ? 'undelivered' : 'delivery', body }),
});

/** Out of the due index first, then into the count that operators are notified of. */
export const countsAfterTheDueIndex: Mutant = (parts) => {
  const counted: Parameters<Parts['tallies']['add']>[] = [];
  return {
    ...withDeliveries(parts, {
      async clearDue(id, round) {
        const write = await parts.deliveries.clearDue(id, round);
        for (const one of counted.splice(0)) await parts.tallies.add(...one);
        return write;
      },
    }),
    tallies: { ...parts.tallies, add: async (...one) => void counted.push(one) },
  };
};

/** Two requests in one call: the delivery is noted as counted, then counted. */
export const notesACountBeforeItCounts: Mutant = (parts) => ({
  tallies: {
    ...parts.tallies,
    async add(ended, at) {
      await parts.deliveries.noteCounted(ended.deliveryId, ended.round);
      await parts.tallies.add(ended, at);
    },
  },
});

/** First the dead letter, then the count: one that fails sends the letter again. */
export const sendsTheLetterBeforeItsCount: Mutant = (parts, now) => ({
  tallies: {
    ...parts.tallies,
    async add(ended, at) {
      const delivery = parts.deliveries.deliveries.get(ended.deliveryId);
      const { cause, reason } = ended;
      if (delivery) await parts.sendDeadDelivery(deliveryDeadLetter(delivery, { cause, reason }, now()));
      await parts.tallies.add(ended, at);
    },
  },
  sendDeadDelivery: async () => undefined,
});

/** Counts regardless of what was counted last. */
export const countsEveryWrite: Mutant = (parts, now) => {
  const made = { writes: 0 };
  return {
    tallies: {
      ...parts.tallies,
      add: (ended, at) => parts.tallies.add({ ...ended, round: now() + ++made.writes }, at),
    },
  };
};

/** Without a note on its record, a delivery whose letter was not sent is counted with each sweep. */
export const countsAgainAfterLostLetter: Mutant = (parts, now) => ({
  ...countsEveryWrite(parts, now),
  ...withDeliveries(parts, { noteCounted: async () => ({ ok: false }) }),
});

/** Acts as if the endpoint had kept the delivery waiting until then. */
export const endsAtDeadlineUntried: Mutant = (parts, now) =>
  withDeliveries(parts, {
    async claim(id, attempt, until) {
      const write = await parts.deliveries.claim(id, attempt, until);
      if (!write.ok || write.delivery.deadline > now()) return write;
      return { ok: true, delivery: { ...write.delivery, nextAttemptAt: write.delivery.deadline } };
    },
  });

export const losesTasksOfTheSideline: Mutant = (parts) => ({
  sendTask: async (task) => (task.queue === 'sideline' ? undefined : parts.sendTask(task)),
});

/** What is not recorded as an attempt has no time for the sweep. */
export const recordsCutsWithoutDueAt: Mutant = (parts) =>
  withDeliveries(parts, {
    record(fence, record) {
      const before = parts.deliveries.deliveries.get(fence.id);
      const isCut = record.status === 'pending' && record.attempts === before?.attempts;
      return parts.deliveries.record(
        fence,
        isCut ? asRecord<typeof record>({ ...record, dueAt: undefined }) : record,
      );
    },
  });

/** A late delivery gets one attempt, and no more. */
export const triesWithoutNewDeadline: Mutant = (parts) =>
  withDeliveries(parts, {
    record: (fence, record) =>
      parts.deliveries.record(fence, asRecord<typeof record>({ ...record, deadline: undefined })),
  });
