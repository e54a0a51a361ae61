import { asError } from '../../domain/errors.ts';
import { notificationPause, talliesAtOnce } from '../../domain/failure-tally.ts';
import { deliveryExhausted } from '../../domain/operator-notice.ts';
import { later } from '../../domain/time.ts';
import type { OutboundPorts } from '../ports.ts';

export type NotifyFailuresPorts = Pick<OutboundPorts, 'now' | 'tallies' | 'notifyOperators' | 'telemetry'>;

/** The endpoints whose failures are notified at the same time. */
const atOnce = 20;

/**
 * Notifies the operators of deliveries that ended without success, by endpoint: at once for the first, then once an hour.
 *
 * The count stays until operators are notified. A crash in between repeats a notice; none gets lost.
 *
 * @returns the number of endpoints
 */
export async function notifyFailures(hasTime: () => boolean, ports: NotifyFailuresPorts): Promise<number> {
  let notified = 0;
  while (hasTime()) {
    const names = await ports.tallies.due(ports.now());
    const before = notified;
    for (let from = 0; from < names.length && hasTime(); from += atOnce) {
      const done = await Promise.all(names.slice(from, from + atOnce).map((name) => notifyOne(name, ports)));
      notified += done.filter((isNotified) => isNotified).length;
    }
    // The rest failed, or was notified already, which the index does not show yet.
    if (names.length < talliesAtOnce || notified === before) break;
  }
  return notified;
}

/** An error skips this endpoint only, until the next minute. */
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
