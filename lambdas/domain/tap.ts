import { createHash } from 'node:crypto';
import { toUnixSeconds, type UnixMillis, type UnixSeconds } from './time.ts';

/** A listener's queue that gets a copy of a source's events. It expires unless the listener renews it. */
export interface Tap {
  /** A queue in the stack's account and region. A URL could send events and the role's session token to any host. */
  readonly queueName: string;
  readonly until: UnixMillis;
}

/** Each listener costs a message for each event of its source. */
export const maxTaps = 8;

/** The taps in the InboundEvents table: an item for each source, with at most {@link maxTaps} listeners. */
export interface TapStore {
  /** Taps that are over may be among them. */
  read(source: string): Promise<readonly Tap[]>;
  /** Opens or renews a listener's tap. @returns false when other listeners have all places */
  open(source: string, tap: Tap, now: UnixMillis): Promise<boolean>;
  /** Closes the tap of this queue, and removes the item with the last tap. @returns false when there is no such tap */
  close(source: string, queueName: string, now: UnixMillis): Promise<boolean>;
}

/** When DynamoDB may delete a tap. */
export const tapExpiry = ({ until }: Tap): UnixSeconds => toUnixSeconds(until);

/** A queue's name has at most 80 characters, and a source's at most 40. */
const longestStackPart = 24;

/**
 * The name prefix of the queues of a stack's listeners.
 *
 * Names of stacks and sources have no underscore, so the prefix of one never matches a queue of another.
 */
export const tapQueuePrefix = (stackName: string): string =>
  `${stackName.length > longestStackPart ? shortened(stackName) : stackName}_tap_`;

const shortened = (name: string): string =>
  `${name.slice(0, longestStackPart - 9)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;

/** The name prefix of one source's queues; its consumer may send to no others. */
export const tapQueuesOf = (prefix: string, source: string): string => `${prefix}${source}_`;

/** Whether a name is that of a listener's queue for this source. */
export const isTapQueue = (name: string, prefix: string, source: string): boolean =>
  name.startsWith(tapQueuesOf(prefix, source)) &&
  /^[0-9a-f]{8}$/.test(name.slice(tapQueuesOf(prefix, source).length));
