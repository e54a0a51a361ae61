import { toUnixSeconds, type UnixMillis, type UnixSeconds } from './time.ts';

/** A listener that gets a copy of a source's events, on a queue of its own, for as long as it says that it is there. */
export interface Tap {
  readonly queueUrl: string;
  readonly until: UnixMillis;
}

/** InboundEvents: the tap of a source. No source can be named so, so none of them is ever an event. */
export const tapPrefix = '/tap/';
export const tapKey = (source: string): string => `${tapPrefix}${source}`;

/** When DynamoDB may forget a tap. */
export const tapExpiry = ({ until }: Tap): UnixSeconds => toUnixSeconds(until);

/** A queue's name has 80 characters. */
const longestStackPart = 30;

/** How the queues of listeners begin: consumers may send to such queues only. */
export const tapQueuePrefix = (stackName: string): string => `${stackName.slice(0, longestStackPart)}-tap-`;
