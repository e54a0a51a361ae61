import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';

/** How messages are grouped by a queue or a topic. */
interface GroupOptions {
  /**
   * The field of the payload whose value is the message group: names separated by full stops, e.g. `data.object.customer`. A FIFO
   * queue takes the messages of a group in the order in which they came to it; a standard queue shares its consumers fairly among
   * groups. @default - FIFO: each event is its own group, so none waits for another; standard: no group
   */
  readonly groupBy?: string;
}

/** One target of events. */
export type OneTarget =
  | { readonly kind: 'handlers' }
  | { readonly kind: 'bus'; readonly bus: IEventBus }
  | { readonly kind: 'queue'; readonly queue: IQueue; readonly groupBy?: string }
  | { readonly kind: 'topic'; readonly topic: ITopic; readonly groupBy?: string }
  | { readonly kind: 'function'; readonly lambda: IFunction | string }
  | { readonly kind: 'stateMachine'; readonly stateMachine: IStateMachine };

/** Several targets, each of which gets every event. */
export interface AllTargets {
  readonly kind: 'all';
  readonly targets: readonly OneTarget[];
}

/** Targets by event type. */
export interface TargetsOfTypes {
  readonly kind: 'byType';
  readonly types: Readonly<Record<string, OneTarget | AllTargets>>;
}

/** Where the events of a source go. Make one with the functions of the same name: `Target.bus(bus)`. */
export type Target = OneTarget | AllTargets | TargetsOfTypes;

/**
 * Where the verified events of a source go. docs/targets.md has the message that each gets.
 *
 * @example
 * sources: { stripe: { provider: 'stripe', to: Target.byType({ 'invoice.*': Target.function(invoices), '*': Target.bus(bus) }) } }
 */
export const Target = {
  /** Your handlers in the handlers' registry. */
  handlers: (): OneTarget => ({ kind: 'handlers' }),

  /** An EventBridge bus. `source` is `hookline.<source>`, `detail-type` the event type. */
  bus: (bus: IEventBus): OneTarget => ({ kind: 'bus', bus }),

  /** An SQS queue. The deduplication id of a FIFO queue comes from the event's id. */
  queue: (queue: IQueue, { groupBy }: GroupOptions = {}): OneTarget => ({ kind: 'queue', queue, groupBy }),

  /** An SNS topic, with the message attributes `id`, `type` and `source`. */
  topic: (topic: ITopic, { groupBy }: GroupOptions = {}): OneTarget => ({ kind: 'topic', topic, groupBy }),

  /**
   * A Lambda function in any language, which is invoked synchronously: its error is retried, as a handler's is.
   *
   * @param lambda a function, a version or an alias, or the ARN of one in the same region
   */
  function: (lambda: IFunction | string): OneTarget => ({ kind: 'function', lambda }),

  /** A Step Functions state machine. The name of the execution comes from the event's id, so a Standard one runs once. */
  stateMachine: (stateMachine: IStateMachine): OneTarget => ({ kind: 'stateMachine', stateMachine }),

  /** Several targets, each of which gets every event. If one of them fails, the next attempt gives the event to all. */
  all: (...targets: readonly OneTarget[]): AllTargets => ({ kind: 'all', targets }),

  /**
   * Targets by event type: an exact one, `prefix.*`, or `*` for the others. An exact type wins over the longest prefix, and that over
   * `*`. Events that fit none are kept as ignored.
   */
  byType: (types: Readonly<Record<string, OneTarget | AllTargets>>): TargetsOfTypes => ({
    kind: 'byType',
    types,
  }),
};
