import type { ManifestCursor } from '../../domain/delivery-manifest.ts';
import type { DueCursor } from '../../domain/delivery-store.ts';
import { asError } from '../../domain/errors.ts';
import { newestToLookAt } from '../../domain/retry-schedule.ts';
import { dueIndex } from '../../domain/tables.ts';
import type { Seconds } from '../../domain/time.ts';
import type { OutboundPorts } from '../ports.ts';
import { type GaugePorts, measureEndpoints } from './measure-endpoints.ts';
import { type NotifyFailuresPorts, notifyFailures } from './notify-failures.ts';
import { type RecoverPorts, recoverAll } from './recover.ts';
import { type ReleasePorts, reconcileEndpoints } from './release-held.ts';
import { lookAtManifests, malformed, type SweepManifestPorts } from './sweep-manifests.ts';
import { type SweepOnePorts, type SweepResult, sweepOne } from './sweep-one.ts';

export type SweepPorts = SweepOnePorts &
  SweepManifestPorts &
  ReleasePorts &
  RecoverPorts &
  GaugePorts &
  NotifyFailuresPorts &
  Pick<OutboundPorts<'DeliveriesNeverAttempted'>, 'sendTasks' | 'telemetry'>;

/** The result of a sweep. */
export interface Sweep {
  readonly tasks: number;
  readonly deadLetters: number;
  readonly neverAttempted: number;
  /** Held deliveries of endpoints that were enabled. */
  readonly released: number;
  /** Failed deliveries that a recovery sent again. */
  readonly recovered: number;
  /** Endpoints whose failures the operators were notified of. */
  readonly notified: number;
  readonly errors: number;
  /** Whether time ran out; the next minute's sweep continues. */
  readonly isCutShort: boolean;
}

/**
 * Handles every delivery that is due, or named by a manifest: retries later than SQS allows, lost tasks, unsent dead letters,
 * and deliveries that were accepted and never attempted.
 *
 * Gives a delivery or manifest a later time before it sends anything for it. A sweep whose write is refused sends nothing, so neither
 * overlapping sweeps nor a long backlog multiply tasks.
 */
export async function sweep(retention: Seconds, hasTime: () => boolean, ports: SweepPorts): Promise<Sweep> {
  const dueShards = Array.from({ length: dueIndex.shards }, (_, shard) => dueIn(shard, retention, ports));
  const manifests = Array.from({ length: ports.manifests.shards }, (_, shard) =>
    manifestsIn(shard, retention, ports),
  );
  const shards = [...dueShards, ...manifests].map((shard) => sweepShard(shard, hasTime, ports));
  const [released, recovered, notified, , ...results] = await Promise.all([
    orError(() => reconcileEndpoints(retention, hasTime, ports), ports),
    orError(() => recoverAll(hasTime, ports), ports),
    orError(() => notifyFailures(hasTime, ports), ports),
    measureEndpoints(hasTime, ports),
    ...shards,
  ]);
  const failed = [released, recovered, notified].filter((count) => count === undefined).length;
  const done = results.flatMap((result) => result.done);
  const count = (kind: SweepResult['kind']) => done.filter((end) => end.kind === kind).length;
  const neverAttempted = done.filter((end) => end.kind === 'task' && end.isNeverAttempted).length;
  const summary = {
    tasks: count('task'),
    deadLetters: count('dead-letter'),
    neverAttempted,
    released: released ?? 0,
    recovered: recovered ?? 0,
    notified: notified ?? 0,
    errors: count('error') + failed,
    isCutShort: results.some(({ isCutShort }) => isCutShort),
  };
  ports.telemetry.count('DeliveriesNeverAttempted', {}, neverAttempted);
  ports.telemetry.info('deliveries.swept', summary);
  return summary;
}

/** @returns undefined after an error; the next minute's sweep tries again */
async function orError(
  work: () => Promise<number>,
  ports: Pick<SweepPorts, 'telemetry'>,
): Promise<number | undefined> {
  try {
    return await work();
  } catch (error) {
    ports.telemetry.error('sweep.errored', {}, asError(error));
    ports.telemetry.count('WorkErrored', {});
    return undefined;
  }
}

/** A part of what the sweep handles, page by page. */
type Shard = (
  after: DueCursor | ManifestCursor | undefined,
) => Promise<{ readonly done: readonly SweepResult[]; readonly next?: DueCursor | ManifestCursor }>;

/** A shard of the due index. */
function dueIn(shard: number, retention: Seconds, ports: SweepPorts): Shard {
  const startedAt = ports.now();
  return async (after) => {
    const { ids, next } = await ports.deliveries.due(shard, startedAt, after);
    return { done: await Promise.all(ids.map((id) => sweepOne(id, retention, ports))), next };
  };
}

/** A shard of the manifests. */
function manifestsIn(shard: number, retention: Seconds, ports: SweepPorts): Shard {
  const madeBefore = newestToLookAt(ports.now());
  return async (after) => {
    const { manifests, next } = await ports.manifests.page(shard, madeBefore, malformed(ports), after);
    return { done: await lookAtManifests(manifests, retention, ports), next };
  };
}

async function sweepShard(
  shard: Shard,
  hasTime: () => boolean,
  ports: SweepPorts,
): Promise<{ readonly done: readonly SweepResult[]; readonly isCutShort: boolean }> {
  const done: SweepResult[] = [];
  let after: DueCursor | ManifestCursor | undefined;
  try {
    do {
      if (!hasTime()) return { done, isCutShort: true };
      const page = await shard(after);
      const tasks = page.done.flatMap((end) => (end.kind === 'task' ? [end.task] : []));
      if (tasks.length > 0) await ports.sendTasks(tasks);
      done.push(...page.done);
      after = page.next;
    } while (after !== undefined);
  } catch (error) {
    ports.telemetry.error('sweep.errored', {}, asError(error));
    ports.telemetry.count('WorkErrored', {});
    done.push({ kind: 'error' });
  }
  return { done, isCutShort: false };
}
