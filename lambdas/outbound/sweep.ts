import type { Delivery } from '../domain/delivery-record.ts';
import { type TaskMessage, taskMessage } from '../domain/delivery-task.ts';
import { dueAfterSweep, maxQueueDelay, sweepTurn } from '../domain/retry-schedule.ts';
import { dueIndex } from '../domain/tables.ts';
import { later, seconds, secondsUntil, type UnixMillis } from '../domain/time.ts';
import type { DeliveryWrite } from './claim-delivery.ts';
import { buryDelivery, type EndPorts } from './end-delivery.ts';
import { asError } from './telemetry.ts';

/** Where a page of the due index ended; opaque. */
type Cursor = Record<string, unknown>;

/** What the sweep needs of the outside world. */
export interface SweepPorts extends EndPorts {
  /** One page of a shard of the due index, the longest overdue first. */
  due(
    shard: number,
    now: UnixMillis,
    after?: Cursor,
  ): Promise<{ readonly ids: readonly string[]; readonly next?: Cursor }>;
  readonly deliveries: EndPorts['deliveries'] & {
    read(id: string): Promise<Delivery | undefined>;
    /** Moves a delivery on in the due index, unless somebody else has moved it meanwhile. */
    moveDue(
      seen: { readonly id: string; readonly dueAt: UnixMillis },
      dueAt: UnixMillis,
      sweeps: number,
    ): Promise<DeliveryWrite>;
  };
  sendTasks(tasks: readonly TaskMessage[]): Promise<void>;
}

/** What a sweep did. */
export interface Sweep {
  readonly tasks: number;
  readonly deadLetters: number;
  readonly neverAttempted: number;
  readonly errors: number;
  /** The time was up before all was done; the next minute's sweep goes on. */
  readonly isCutShort: boolean;
}

type Done =
  | { readonly kind: 'task'; readonly task: TaskMessage; readonly isNeverAttempted: boolean }
  | { readonly kind: 'dead-letter' | 'nothing' | 'error' };

/** A worker that has a lease may be about to record: the sweep looks again this long after it. */
const leaseGrace = seconds(60);

/**
 * Deals with everything that is due: retries that no queue carries, tasks that were lost, dead letters that were not sent,
 * and what was accepted and never attempted.
 *
 * Before anything is sent for a delivery it is moved on in the due index; whoever loses that condition sends nothing. So
 * neither overlapping sweeps nor a long backlog multiply tasks.
 */
export async function sweep(hasTime: () => boolean, ports: SweepPorts): Promise<Sweep> {
  const shards = Array.from({ length: dueIndex.shards }, (_, shard) => sweepShard(shard, hasTime, ports));
  const results = await Promise.all(shards);
  const done = results.flatMap((result) => result.done);
  const count = (kind: Done['kind']) => done.filter((end) => end.kind === kind).length;
  const neverAttempted = done.filter((end) => end.kind === 'task' && end.isNeverAttempted).length;
  const summary = {
    tasks: count('task'),
    deadLetters: count('dead-letter'),
    neverAttempted,
    errors: count('error'),
    isCutShort: results.some(({ isCutShort }) => isCutShort),
  };
  ports.telemetry.count('DeliveriesNeverAttempted', {}, neverAttempted);
  ports.telemetry.info('deliveries.swept', summary);
  return summary;
}

async function sweepShard(
  shard: number,
  hasTime: () => boolean,
  ports: SweepPorts,
): Promise<{ readonly done: readonly Done[]; readonly isCutShort: boolean }> {
  const startedAt = ports.now();
  const done: Done[] = [];
  let after: Cursor | undefined;
  try {
    do {
      if (!hasTime()) return { done, isCutShort: true };
      const page = await ports.due(shard, startedAt, after);
      done.push(...(await sweepPage(page.ids, ports)));
      after = page.next;
    } while (after !== undefined);
  } catch (error) {
    ports.telemetry.error('sweep.errored', { shard }, asError(error));
    done.push({ kind: 'error' });
  }
  return { done, isCutShort: false };
}

async function sweepPage(ids: readonly string[], ports: SweepPorts): Promise<Done[]> {
  const done = await Promise.all(ids.map((id) => sweepOne(id, ports)));
  const tasks = done.flatMap((end) => (end.kind === 'task' ? [end.task] : []));
  if (tasks.length > 0) await ports.sendTasks(tasks);
  return done;
}

/** Whatever goes wrong leaves out this delivery only. */
async function sweepOne(id: string, ports: SweepPorts): Promise<Done> {
  try {
    const delivery = await ports.deliveries.read(id);
    const now = ports.now();
    // The index lags behind the table.
    if (delivery?.dueAt === undefined || delivery.dueAt > now) return { kind: 'nothing' };
    return await dealWith(delivery, delivery.dueAt, now, ports);
  } catch (error) {
    ports.telemetry.error('sweep.errored', { deliveryId: id }, asError(error));
    return { kind: 'error' };
  }
}

async function dealWith(
  delivery: Delivery,
  dueAt: UnixMillis,
  now: UnixMillis,
  ports: SweepPorts,
): Promise<Done> {
  const { id, sweeps } = delivery;
  const moveTo = (next: UnixMillis, count: number) => ports.deliveries.moveDue({ id, dueAt }, next, count);
  switch (delivery.status) {
    case 'pending': {
      const turn = nextTurn(delivery, now);
      if (turn !== undefined) {
        await moveTo(turn, sweeps);
        return { kind: 'nothing' };
      }
      const moved = await moveTo(dueAfterSweep(sweeps, now), sweeps + 1);
      return moved.ok ? taskFor(moved.delivery, now, ports) : { kind: 'nothing' };
    }
    case 'failed': {
      const moved = await moveTo(dueAfterSweep(sweeps, now), sweeps + 1);
      if (!moved.ok) return { kind: 'nothing' };
      await buryDelivery(moved.delivery, ports);
      return { kind: 'dead-letter' };
    }
    case 'delivered':
    case 'discarded':
      await ports.deliveries.clearDue(id, delivery.round);
      return { kind: 'nothing' };
    case 'held':
      await moveTo(dueAfterSweep(sweeps, now), sweeps + 1);
      return { kind: 'nothing' };
  }
}

/** When to look again at a delivery that needs nothing now: somebody works on it, or it is not due for long. */
function nextTurn({ leaseUntil, nextAttemptAt }: Delivery, now: UnixMillis): UnixMillis | undefined {
  if (leaseUntil !== undefined && leaseUntil > now) return later(leaseUntil, leaseGrace);
  const isFarOff = nextAttemptAt !== undefined && secondsUntil(nextAttemptAt, now) > maxQueueDelay;
  return isFarOff ? sweepTurn(nextAttemptAt) : undefined;
}

function taskFor(delivery: Delivery, now: UnixMillis, { telemetry }: SweepPorts): Done {
  const { id, attempts, claims, nextAttemptAt, eventId, tenant, endpointId, correlationId } = delivery;
  const isNeverAttempted = attempts === 0 && claims === 0;
  const task = taskMessage(
    { deliveryId: id, attempt: attempts + 1 },
    delivery,
    secondsUntil(nextAttemptAt ?? now, now),
  );
  const line = isNeverAttempted ? 'delivery.never-attempted' : 'delivery.resent';
  telemetry.warn(line, { deliveryId: id, eventId, tenant, endpointId, correlationId, attempt: attempts + 1 });
  return { kind: 'task', task, isNeverAttempted };
}
