/** A month's work, and how the stack is set. */
export interface Workload {
  /** Events that providers send and that verify. */
  readonly inbound: number;
  /** Share of them that no handler wants. */
  readonly withoutHandler: number;
  /** Of the inbound events, how many come a second time. */
  readonly duplicates: number;
  /** Requests that do not verify, for each that does. */
  readonly refused: number;
  /** Events that are published. */
  readonly outbound: number;
  /** Endpoints that each of them goes to. */
  readonly fanOut: number;
  /** Share of the attempts that fail and are tried again. */
  readonly failureRate: number;
  /** Bytes of a body. */
  readonly payload: number;
  /** Messages in an invocation; a function takes no more than its mapping allows. */
  readonly batch: number;
  /** Until an endpoint answers, in milliseconds. */
  readonly endpointTime: number;
  readonly sources: number;
  /** Published through the topic, or straight to the queue. */
  readonly through: 'sns' | 'sqs';
  /** Lambda's own lines: all of them, or only what is wrong. */
  readonly systemLogLevel: 'INFO' | 'WARN';
}

/** What holds where nothing else is said. */
export const usual: Workload = {
  inbound: 0,
  withoutHandler: 0,
  duplicates: 0,
  refused: 0,
  outbound: 0,
  fanOut: 1,
  failureRate: 0,
  payload: 1000,
  batch: 5,
  endpointTime: 200,
  sources: 3,
  through: 'sns',
  systemLogLevel: 'INFO',
};
