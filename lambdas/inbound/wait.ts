import { type Wait, withWait } from '../domain/event.ts';
import { describeError } from '../domain/idempotency.ts';
import { days, type Seconds, seconds, secondsUntil, type UnixMillis, unixMillis } from '../domain/time.ts';
import type { MessageAnswer } from './finish-attempt.ts';
import type { QueuedMessage } from './open-message.ts';
import type { InboundPorts } from './ports.ts';

export type WaitPorts = Pick<InboundPorts, 'now' | 'sendBack' | 'telemetry'>;

/**
 * Up to this long a message waits as one that was received. A queue has 120,000 places for those: at 50 events a second
 * the default delays would fill them in 40 minutes, and then the queue gives out nothing, new events included.
 */
const longestInFlight = seconds(60);
/** SQS delays a message no longer; a delayed one takes no place. */
const longestDelay = seconds(900);
/** A message that SQS did not take back comes again after this, to be sent back then. */
const sendAgainAfter = seconds(300);
/** No schedule waits longer: what says so was not written by us, and its record decides. */
const longestWait = days(5);

/**
 * Of a message in whose place another one waits. It is deleted at once: left in its batch until a mate ends the process, it
 * would come back, and be sent back once more each time.
 */
export const replaced: MessageAnswer = { kind: 'acknowledge', atOnce: true };

/** Whether a message says by itself that its time has not come. */
export const isEarly = (wait: Wait | undefined, now: UnixMillis): wait is Wait =>
  wait !== undefined && wait.notBefore > now && secondsUntil(unixMillis(wait.notBefore), now) <= longestWait;

/** Whether a wait is too long for a message that was received. */
export const mustLeave = (wait: Seconds): boolean => wait > longestInFlight;

/** When a message comes back that could not be sent back, or whose wait is short. */
export const returnFor = (wait: Seconds): MessageAnswer => ({
  kind: 'fail',
  after: mustLeave(wait) ? seconds(Math.min(wait, sendAgainAfter)) : wait,
});

/**
 * Has a message wait for its time: outside of the in-flight places, and for the last minute in one.
 *
 * A wait longer than a delay goes in hops. The new message is sent before the old one is deleted, so a crash in the
 * moment between them leaves two, of which one is superseded after the next attempt.
 */
export async function waitOn(message: QueuedMessage, wait: Wait, ports: WaitPorts): Promise<MessageAnswer> {
  const left = secondsUntil(unixMillis(wait.notBefore), ports.now());
  return mustLeave(left) && (await isSentBack(message, wait, ports)) ? replaced : returnFor(left);
}

/** Sends a message back to wait; @returns false when that failed, and the message itself has to come back. */
export async function isSentBack(message: QueuedMessage, wait: Wait, ports: WaitPorts): Promise<boolean> {
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
