import type { Delivery } from '../../domain/delivery-record.ts';
import { asError } from '../../domain/errors.ts';
import {
  boundsOf,
  type Recovery,
  type RecoveryProgress,
  recoverableStatuses,
} from '../../domain/recovery.ts';
import { later, millis, seconds, type UnixMillis } from '../../domain/time.ts';
import type { OutboundPorts } from '../ports.ts';
import { type ReplayPorts, replayDelivery } from '../replay.ts';
import { isRecoverable } from './recoverable.ts';

export type RecoverPorts = ReplayPorts & Pick<OutboundPorts, 'now' | 'pause' | 'recoveries' | 'telemetry'>;

const pageSize = 25;
/** The pause after a page that sent something again, because the endpoints were down until just now. */
const pauseBetweenPages = millis(500);
/** Longer than a page takes. */
const lease = seconds(60);

/** Continues every running job. @returns how many deliveries were replayed */
export const recoverAll = async (hasTime: () => boolean, ports: RecoverPorts): Promise<number> =>
  recover(await ports.recoveries.running(), hasTime, ports);

/**
 * Continues recoveries while there is time, one page of each in turn, so that none waits for the end of another. The next
 * sweep continues from there.
 *
 * A malformed delivery counts as refused, and does not stop the others.
 *
 * A page belongs to the worker that claims its recovery. A crash between the replays and their record repeats none: a
 * delivery whose round began after the recovery did is counted, and not replayed.
 *
 * @returns how many deliveries were replayed
 */
export async function recover(
  ids: readonly string[],
  hasTime: () => boolean,
  ports: RecoverPorts,
): Promise<number> {
  let total = 0;
  let running = ids;
  while (running.length > 0) {
    const goOn: string[] = [];
    let replayed = 0;
    for (const id of running) {
      if (!hasTime()) return total + replayed;
      const page = await recoverPage(id, ports);
      replayed += page.replayed;
      if (page.isRunning) goOn.push(id);
    }
    running = goOn;
    total += replayed;
    if (running.length > 0 && replayed > 0) await ports.pause(pauseBetweenPages);
  }
  return total;
}

interface Page {
  readonly replayed: number;
  /** The job has more pages, and we still own it. */
  readonly isRunning: boolean;
}

/** An error skips this job only; after its lease the page is done again. */
async function recoverPage(id: string, ports: RecoverPorts): Promise<Page> {
  try {
    const job = await ports.recoveries.claim(id, ports.now(), later(ports.now(), lease));
    if (job === undefined) return { replayed: 0, isRunning: false };
    const progress = await replayPage(job, ports);
    const noted = await ports.recoveries.advance(job, progress, ports.now());
    return { replayed: progress.replayed - job.replayed, isRunning: noted?.status === 'running' };
  } catch (error) {
    ports.telemetry.error('recovery.errored', { recoveryId: id }, asError(error));
    return { replayed: 0, isRunning: false };
  }
}

/** Replays the noted page, and notes the next one. The first is only noted. */
async function replayPage(job: Recovery, ports: RecoverPorts): Promise<RecoveryProgress> {
  const { page = [] } = job;
  let malformed = 0;
  const deliveries = await ports.deliveries.readAll(page, (error) => {
    malformed++;
    ports.telemetry.error('recovery.errored', { recoveryId: job.id }, error);
  });
  const done = await Promise.all(deliveries.map((delivery) => recoverOne(delivery, job, ports)));
  const count = (...kinds: readonly Recovered[]) => done.filter((end) => kinds.includes(end)).length;
  const statuses = recoverableStatuses(job.toCurrentEndpoint);
  const { keys } = await ports.deliveries.stopped(job, statuses, boundsOf(job), pageSize);
  return {
    page: keys.map(({ id }) => id),
    passed: keys.at(-1)?.listedAt ?? job.passed,
    replayed: job.replayed + count('replayed'),
    refused: job.refused + count('refused', 'earlier-endpoint') + malformed,
    ofEarlierEndpoint: (job.ofEarlierEndpoint ?? 0) + count('earlier-endpoint'),
    status: keys.length === 0 ? 'done' : 'running',
  };
}

type Recovered = 'replayed' | 'refused' | 'earlier-endpoint' | 'passed';

async function recoverOne(
  delivery: Delivery,
  { createdAt, toCurrentEndpoint }: Recovery,
  ports: RecoverPorts,
): Promise<Recovered> {
  if (beganAfter(delivery, createdAt)) return delivery.round > 1 ? 'replayed' : 'passed';
  if (!isRecoverable(delivery, toCurrentEndpoint)) return 'passed';
  const replay = await replayDelivery(delivery.id, ports.now(), ports, { toCurrentEndpoint, by: 'job' });
  if (replay.kind === 'replayed') return 'replayed';
  return replay.cause === 'earlier-endpoint' ? 'earlier-endpoint' : 'refused';
}

/**
 * Whether the delivery's round began after that time.
 *
 * Its deadline says so, unless it was extended; but a round whose last attempt failed before cannot have begun since.
 */
function beganAfter({ deadline, lifetime, status, attemptLog }: Delivery, time: UnixMillis): boolean {
  const last = attemptLog.at(-1);
  const failedBefore = status === 'failed' && last !== undefined && last.at < time;
  return deadline - lifetime >= time && !failedBefore;
}
