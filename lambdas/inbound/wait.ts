import { type Wait, withWait } from '../domain/event.ts';
import { describeError } from '../domain/idempotency.ts';
import { days, type Seconds, seconds, secondsUntil, type UnixMillis, unixMillis } from '../domain/time.ts';
import type { MessageAnswer } from './finish-attempt.ts';
import type { QueuedMessage } from './open-message.ts';
import type { InboundPorts } from './ports.ts';

export type WaitPorts = Pick<InboundPorts, 'now' | 'sendBack' | 'telemetry'>;

/**
 * The longest wait that a message spends in flight. A queue has 120,000 in-flight places. At 50 events a second, the
 * default delays would fill them in 40 minutes, and then SQS hands out no message, not even a new one.
 */
const longestInFlight = seconds(60);
/** The longest delay of SQS. A delayed message takes no in-flight place. */
const longestDelay = seconds(900);
/** When a message that could not be sent back comes back. It is sent back then. */
const sendAgainAfter = seconds(300);
/** The longest wait of a schedule. A message with a longer one was not written by Hookline, so its record decides. */
const longestWait = days(5);

/**
 * The answer for a message that a new, waiting message replaces. It is deleted at once: if a batch mate ended the process
 * first, it would come back, and be sent back again each time.
 */
export const replaced: MessageAnswer = { kind: 'acknowledge', atOnce: true };

/** Whether a message itself says that it is not due yet. */
export const isEarly = (wait: Wait | undefined, now: UnixMillis): wait is Wait =>
  wait !== undefined && wait.notBefore > now && secondsUntil(unixMillis(wait.notBefore), now) <= longestWait;

/** Whether a wait is too long to spend in flight. */
export const mustLeave = (wait: Seconds): boolean => wait > longestInFlight;

/** The answer for a message whose wait is short, or that could not be sent back. */
export const returnFor = (wait: Seconds): MessageAnswer => ({
  kind: 'fail',
  after: mustLeave(wait) ? seconds(Math.min(wait, sendAgainAfter)) : wait,
});

/**
 * Makes a message wait until it is due: as a delayed message, and in flight for the last minute.
 *
 * A wait longer than one delay takes several. The new message is sent before the old one is deleted, so a crash between
 * them leaves two. One of them is superseded after the next attempt.
 */
export async function waitOn(message: QueuedMessage, wait: Wait, ports: WaitPorts): Promise<MessageAnswer> {
  const left = secondsUntil(unixMillis(wait.notBefore), ports.now());
  return mustLeave(left) && (await trySendBack(message, wait, ports)) ? replaced : returnFor(left);
}

/** Sends a message back to wait. @returns false when that failed, so that the message itself must come back */
export async function trySendBack(message: QueuedMessage, wait: Wait, ports: WaitPorts): Promise<boolean> {
  const left = secondsUntil(unixMillis(wait.notBefore), ports.now());
  try {
    await ports.sendBack(message, withWait(message.text, wait), seconds(Math.min(left, longestDelay)));
    return true;
  } catch (error) {
    const log = ports.telemetry.log({ messageId: message.messageId });
    log.warn('message.send-back-failed', { reason: describeError(error) });
    return false;
  }
}
