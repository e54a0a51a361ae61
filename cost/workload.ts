import { maxMessageBytes } from '../lambdas/domain/messages.ts';

/** A month's work, and the stack's settings. */
export interface Workload {
  /** Events that providers send and that verify. */
  readonly inbound: number;
  /** The share of them that has no handler. */
  readonly withoutHandler: number;
  /** The share of the inbound events that comes a second time. */
  readonly duplicates: number;
  /** Requests that do not verify: forged or misdirected. */
  readonly refused: number;
  /** Events that are published. */
  readonly outbound: number;
  /** Endpoints that each of them goes to. */
  readonly fanOut: number;
  /** The share of attempts that fail and are tried again, of the deliveries that arrive in the end. */
  readonly failureRate: number;
  /** Share of the deliveries that never arrive: all their attempts fail. */
  readonly neverDelivered: number;
  /** Bytes of a body. */
  readonly payload: number;
  /** Messages in an invocation; a function gets no more than its mapping allows. */
  readonly batch: number;
  /** The time until an endpoint responds, in milliseconds. */
  readonly endpointTime: number;
  readonly sources: number;
  /** Whether events are published through the topic or directly to the queue. */
  readonly through: 'sns' | 'sqs';
  /** Events that one `PublishBatch` or `SendMessageBatch` publishes; 1 stands for single calls. */
  readonly publishBatch: number;
  /** Which of Lambda's own lines are logged: all, or only warnings and errors. */
  readonly systemLogLevel: 'INFO' | 'WARN';
}

/** The defaults. */
export const usual: Workload = {
  inbound: 0,
  withoutHandler: 0,
  duplicates: 0,
  refused: 0,
  outbound: 0,
  fanOut: 1,
  failureRate: 0,
  // Assumes that some endpoints are always gone for good.
  neverDelivered: 0.005,
  payload: 1000,
  batch: 5,
  endpointTime: 200,
  sources: 3,
  through: 'sns',
  publishBatch: 1,
  systemLogLevel: 'WARN',
};

/** A stack with more sources, each with its own resources, has more than `maxResources` and is not synthesised. */
export const mostSources = 16;

/** Bytes around a body in a message. */
export const envelopeBytes = 600;

/** The most bytes of one call that publishes, of all its messages together. */
export const callBytes = { sns: 256 * 1024, sqs: maxMessageBytes } as const;

/** The most bytes of a body: a source's default, SNS's limit of 256 KiB and SQS's of 1 MiB for a whole message. */
export const mostBytes = {
  received: 4 * 1024 ** 2,
  sns: callBytes.sns - envelopeBytes,
  sqs: callBytes.sqs - envelopeBytes,
} as const;

/** Explains what AWS would refuse in such a month. */
export function problemWith({ outbound, through, payload }: Workload): string | undefined {
  const most = outbound > 0 ? mostBytes[through] : mostBytes.received;
  if (payload <= most) return undefined;
  const carrier = through === 'sns' ? 'SNS takes 256 KiB' : 'SQS takes 1 MiB';
  const hint = through === 'sns' ? `; with --through sqs ${mostBytes.sqs}` : '';
  return outbound > 0
    ? `option '--payload <size>' is ${payload} B. ${carrier} with the envelope of a published event: write a size from 1 B to ${most} B${hint}.`
    : `option '--payload <size>' is ${payload} B. A source accepts bodies from 1 B to ${most} B.`;
}
