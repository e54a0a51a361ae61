import { createHash } from 'node:crypto';
import { toUnixSeconds, type UnixMillis, type UnixSeconds } from './time.ts';

/** A listener that gets a copy of a source's events, on a queue of its own, for as long as it says that it is there. */
export interface Tap {
  /** In the stack's account and region. A URL would send events, and the role's session token, to any host that it names. */
  readonly queueName: string;
  readonly until: UnixMillis;
}

/** When DynamoDB may forget a tap. */
export const tapExpiry = ({ until }: Tap): UnixSeconds => toUnixSeconds(until);

/** A queue's name has 80 characters, and a source's up to 40. */
const longestStackPart = 24;

/**
 * How the queues of a stack's listeners begin.
 *
 * Neither stacks nor sources have an underscore in their names, so no queue of one begins like those of another.
 */
export const tapQueuePrefix = (stackName: string): string =>
  `${stackName.length > longestStackPart ? shortened(stackName) : stackName}_tap_`;

const shortened = (name: string): string =>
  `${name.slice(0, longestStackPart - 9)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;

/** How those of one source begin: its consumer may send to such queues only. */
export const tapQueuesOf = (prefix: string, source: string): string => `${prefix}${source}_`;

/** Whether a listener of this source may have such a queue. */
export const isTapQueue = (name: string, prefix: string, source: string): boolean =>
  name.startsWith(tapQueuesOf(prefix, source)) &&
  /^[0-9a-f]{8}$/.test(name.slice(tapQueuesOf(prefix, source).length));
