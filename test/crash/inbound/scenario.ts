import type { RemoteKind } from '../../../lambdas/domain/target.ts';
import type { ConsumePorts } from '../../../lambdas/inbound/consume.ts';
import type { InboundTable } from '../../support/worlds/inbound-tables.ts';

/** One run of the team's handler. */
export interface HandlerRun {
  readonly id: string;
  /** As the handler gets it: counted from 1. */
  readonly attempt: number;
  /** Runs of this event's handler before this one. */
  readonly earlier: number;
  /** Of the scenario, counted from 0. */
  readonly phase: number;
}

/** What a handler does: the last ones take 40 seconds, end its process, end it after a second, or never settle. */
export type Doing =
  | 'succeeds'
  | 'fails'
  | 'succeeds slowly'
  | 'fails for good'
  | 'kills'
  | 'kills late'
  | 'hangs';

/** How an event must end. `moved`: to the DLQ, by SQS itself. `unusable`: the message is not an event. */
export type End = 'processed' | 'failed' | 'ignored' | 'moved' | 'unusable';

/** One step of a scenario. It begins when all messages of the steps before are done. */
export interface Phase {
  readonly replay?: string;
  /** How many people replay it at once. @default 1 */
  readonly people?: number;
  readonly send?: readonly string[];
  /** Sent at the same time, and received no sooner than so many seconds later. */
  readonly sendLate?: readonly { readonly id: string; readonly after: number }[];
  /** How many days pass after it. @default 1 */
  readonly days?: number;
}

/** A mutant: ports that do not do what they promise. */
export interface Variant {
  /** Between the use case and its ports: each call of the changed ports can be hit by a fault. */
  readonly above?: (ports: ConsumePorts) => ConsumePorts;
  /** The ports themselves. */
  readonly below?: (ports: ConsumePorts, inboundEvents: InboundTable) => ConsumePorts;
}

/** A story with the end that it must have, whichever faults happen in it. */
export interface Scenario {
  readonly name: string;
  readonly phases: readonly Phase[];
  readonly handler: (run: HandlerRun) => Doing;
  /** The events go to a target of this kind, which does what a handler would do. @default the handler */
  readonly target?: RemoteKind;
  /** By event id, or message id where there is none. */
  readonly ends: Readonly<Record<string, End>>;
  /** How often each handler runs when nothing goes wrong. */
  readonly runs: Readonly<Record<string, number>>;
  /** Seconds. @default 5, 120, 1000, 60: a short wait, a long one, one that goes in hops, and the longest short one */
  readonly handlerRetryDelays?: readonly number[];
  /** How many messages are sent back to wait when nothing goes wrong, and how often a claim is asked for. @default not looked at */
  readonly sentBack?: number;
  readonly claims?: number;
  /** How long a call stalls. @default 100,000: past the lease and the visibility timeout */
  readonly stallMs?: number;
  readonly batchSize?: number;
  readonly concurrency?: number;
  readonly maxReceiveCount?: number;
  readonly variant?: Variant;
}
