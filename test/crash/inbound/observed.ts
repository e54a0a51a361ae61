import { type Claim, type EventRecord, isLeased, type Outcome } from '../../../lambdas/domain/idempotency.ts';
import type { DeadLetter } from '../../../lambdas/domain/messages.ts';
import type { Seconds, UnixMillis } from '../../../lambdas/domain/time.ts';
import type { InboundTable } from '../../support/worlds/inbound-tables.ts';
import type { HandlerRun } from './scenario.ts';
import type { Taken } from './target-service.ts';

/** Lambda ends a process after this time. */
export const functionTimeoutMs = 60_000;

/** A run of a handler: its begin, its end, and how often its event had been new, or had failed for good, before. */
export interface BegunRun extends HandlerRun {
  readonly life: number;
  readonly beganAt: number;
  /** The invocation that made it, and the handlers that it had begun and not ended by then. */
  readonly invocation: string;
  readonly beside: readonly string[];
  /** The attempt before it had no outcome. */
  readonly isSuspect: boolean;
  end?: 'succeeded' | 'failed';
}

/** A write of the table. */
export interface Written extends EventRecord {
  /** The first of its event, or over one that had expired. */
  readonly isNew: boolean;
}

/** A replay that was answered as done, of a record that refuses one. */
export const mustNotBeReplayed = (record: EventRecord | undefined, now: UnixMillis): boolean =>
  record === undefined || record.status === 'processed' || isLeased(record, now);

/** All that can be seen from outside when a scenario is over. */
export interface Observed {
  /** Every write of the table, in order. */
  readonly journal: readonly Written[];
  readonly records: ReadonlyMap<string, EventRecord>;
  readonly bodies: ReadonlyMap<string, Uint8Array>;
  readonly deadLetters: readonly DeadLetter[];
  /** What the source's target got. */
  readonly taken: readonly Taken[];
  /** The messages that SQS itself moved to the DLQ. */
  readonly moved: readonly string[];
  readonly runs: readonly BegunRun[];
  /** Pairs of runs of one event's handler at the same time. */
  readonly overlaps: readonly string[];
  readonly left: number;
  /** Messages that were sent back to wait. */
  readonly sentBack: number;
  /** How often a claim was asked for. */
  readonly claims: number;
  /** The longest wait of a message in flight. */
  readonly longestReturn: Seconds;
  /** When each invocation began. */
  readonly startedAt: ReadonlyMap<string, UnixMillis>;
  /** Messages that were done, and still on the queue when their process could die of another one. */
  readonly undeleted: readonly string[];
  /** Replays of events that cannot be replayed. */
  readonly wrongReplays: readonly string[];
  /** Messages that were deleted by a worker that had lost its claim. */
  readonly deletedUnowned: readonly string[];
  /** What workers did with messages against what the table had told them. */
  readonly wrongMessages: readonly string[];
  /** Events whose worker was told that its outcome is recorded, although it is not. */
  readonly notOurs: readonly string[];
  /** How often a message ended with each status, as the metric counts it. */
  readonly statuses: ReadonlyMap<string, number>;
}

/** How often an event had been new, or had failed for good. */
export const livesIn = (journal: readonly Written[], key: string): number =>
  journal.filter(({ id, status, isNew }) => id === key && (isNew || status === 'failed')).length;

/** Records the runs of the handlers. */
export function runLog(journal: readonly Written[], now: () => UnixMillis) {
  const runs: BegunRun[] = [];
  const overlaps: string[] = [];
  let ended = 0;
  const isLive = (run: BegunRun) => run.end === undefined && now() - run.beganAt < functionTimeoutMs;
  return {
    runs,
    overlaps,
    ended: () => ended,

    /** Whether the outcome of a claim was written. */
    hasEnded: ({ owner, attempts }: Claim, { kind }: Outcome): boolean =>
      journal.some(
        (record) => record.owner === owner && record.attempts === attempts && record.status === kind,
      ),

    begin(id: string, attempt: number, phase: number, invocation: string): BegunRun {
      const earlier = runs.filter((run) => run.id === id);
      if (earlier.some(isLive)) overlaps.push(id);
      const key = `stripe#${id}`;
      // A worker that stood still begins the run of a claim that others have come after.
      const claimedAt = journal.findLastIndex(
        (record) => record.id === key && record.owner.startsWith(`${invocation}/`),
      );
      const life = livesIn(journal.slice(0, claimedAt + 1), key);
      const [before, claimed] = journal
        .slice(0, claimedAt + 1)
        .filter((record) => record.id === key)
        .slice(-2);
      const run: BegunRun = {
        id,
        attempt,
        earlier: earlier.length,
        phase,
        life,
        beganAt: now(),
        invocation,
        beside: runs
          .filter((other) => other.invocation === invocation && other.end === undefined)
          .map((other) => other.id),
        isSuspect: claimed !== undefined && before?.status === 'processing' && !claimed.isNew,
      };
      runs.push(run);
      return run;
    },

    /** An invocation may run an event twice, one run after the other. */
    end(id: string, invocation: string, end: BegunRun['end']): void {
      const run = runs.findLast((begun) => begun.id === id && begun.invocation === invocation);
      if (run) run.end = end;
      ended++;
    },
  };
}

/** Records every write of the table. */
export function journalOf(
  { records, onWrite }: Pick<InboundTable, 'records' | 'onWrite'>,
  now: () => UnixMillis,
): Written[] {
  const journal: Written[] = [];
  onWrite(({ was, is }) => {
    const record = records.seen(is);
    if (record === undefined) return;
    const isFirst = journal.every(({ id }) => id !== record.id);
    const isNew = isFirst || (was !== undefined && Number(was['expiresAt']) * 1000 <= now());
    journal.push({ ...record, isNew });
  });
  return journal;
}
