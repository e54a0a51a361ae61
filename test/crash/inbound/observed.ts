import type { EventRecord } from '../../../lambdas/domain/idempotency.ts';
import type { DeadLetter } from '../../../lambdas/domain/messages.ts';
import type { Seconds, UnixMillis } from '../../../lambdas/domain/time.ts';
import type { InboundTable } from '../../support/worlds/inbound-tables.ts';
import type { HandlerRun } from './scenario.ts';

/** Lambda ends a process after this time. */
export const functionTimeoutMs = 60_000;

/** A run of a handler: its begin, its end, and how often its event had failed for good before. */
export interface BegunRun extends HandlerRun {
  readonly life: number;
  readonly beganAt: number;
  end?: 'succeeded' | 'failed';
}

/** All that can be seen from outside when a scenario is over. */
export interface Observed {
  /** Every write of the table, in order. */
  readonly journal: readonly EventRecord[];
  readonly records: ReadonlyMap<string, EventRecord>;
  readonly bodies: ReadonlyMap<string, Uint8Array>;
  readonly deadLetters: readonly DeadLetter[];
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
}

/** Records the runs of the handlers. */
export function runLog(journal: readonly EventRecord[], now: () => UnixMillis) {
  const runs: BegunRun[] = [];
  const overlaps: string[] = [];
  let ended = 0;
  const isLive = (run: BegunRun) => run.end === undefined && now() - run.beganAt < functionTimeoutMs;
  return {
    runs,
    overlaps,
    ended: () => ended,

    begin(id: string, attempt: number, phase: number): BegunRun {
      const earlier = runs.filter((run) => run.id === id);
      if (earlier.some(isLive)) overlaps.push(id);
      const key = `stripe#${id}`;
      const life = journal.filter((record) => record.id === key && record.status === 'failed').length;
      const run: BegunRun = { id, attempt, earlier: earlier.length, phase, life, beganAt: now() };
      runs.push(run);
      return run;
    },

    end(id: string, attempt: number, end: BegunRun['end']): void {
      const run = runs.findLast((begun) => begun.id === id && begun.attempt === attempt);
      if (run) run.end = end;
      ended++;
    },
  };
}

/** Records every write of the table. */
export function journalOf({ records, onWrite }: Pick<InboundTable, 'records' | 'onWrite'>): EventRecord[] {
  const journal: EventRecord[] = [];
  onWrite(({ is }) => {
    const record = records.seen(is);
    if (record !== undefined) journal.push(record);
  });
  return journal;
}
