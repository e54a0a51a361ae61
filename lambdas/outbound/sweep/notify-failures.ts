import { asError } from '../../domain/errors.ts';
import { type FailureTally, notificationPause, talliesAtOnce } from '../../domain/failure-tally.ts';
import { deliveryExhausted, type OperatorNotice } from '../../domain/operator-notice.ts';
import { later, type UnixMillis } from '../../domain/time.ts';
import type { OutboundTelemetry } from '../telemetry.ts';

/** What telling the operators needs of the outside world. */
export interface NotifyFailuresPorts {
  now(): UnixMillis;
  readonly tallies: {
    /** The names of those that are to be told by now, at most `talliesAtOnce` of each partition, as far as the index has heard of them. */
    due(now: UnixMillis): Promise<readonly string[]>;
    /** As it stands after every write that was answered. @returns undefined when there is nothing to tell */
    read(name: string): Promise<FailureTally | undefined>;
    /** Takes away what was told; what ended meanwhile is told from `next` on. Nothing, if another has told it. */
    notified(seen: FailureTally, next: UnixMillis, now: UnixMillis): Promise<void>;
  };
  /** To the operations topic. */
  notifyOperators(operation: OperatorNotice): Promise<void>;
  readonly telemetry: OutboundTelemetry;
}

/** Endpoints that are told at the same time. */
const atOnce = 20;

/**
 * Tells the operators what has ended without success, by endpoint: at once, and then what has come together in an hour.
 *
 * The count stays until it is told: a crash in between tells it twice, never not.
 *
 * @returns how many endpoints were told
 */
export async function notifyFailures(hasTime: () => boolean, ports: NotifyFailuresPorts): Promise<number> {
  let notified = 0;
  while (hasTime()) {
    const names = await ports.tallies.due(ports.now());
    const before = notified;
    for (let from = 0; from < names.length && hasTime(); from += atOnce) {
      const done = await Promise.all(names.slice(from, from + atOnce).map((name) => notifyOne(name, ports)));
      notified += done.filter((isTold) => isTold).length;
    }
    // The rest could not be told, or is told already and the index has not heard of it.
    if (names.length < talliesAtOnce || notified === before) break;
  }
  return notified;
}

/** Whatever goes wrong leaves out this endpoint only, until the next minute. */
async function notifyOne(name: string, ports: NotifyFailuresPorts): Promise<boolean> {
  try {
    const tally = await ports.tallies.read(name);
    const now = ports.now();
    if (tally === undefined || tally.notifyAt > now) return false;
    await ports.notifyOperators(deliveryExhausted(tally, now));
    await ports.tallies.notified(tally, later(now, notificationPause), now);
    const { tenant, endpointId } = tally.last;
    ports.telemetry.info('failures.notified', { tenant, endpointId, count: tally.count });
    return true;
  } catch (error) {
    ports.telemetry.error('failures.notify-failed', { tally: name }, asError(error));
    return false;
  }
}
