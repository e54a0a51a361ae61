/** Whose fault it is that a delivery is given up: its endpoint's, or that of this stack. */
export type Fault = 'endpoint' | 'ours';

/**
 * Why a delivery, or a task of one, is given up, and whose fault that is. This table is the only place that says so: a
 * new reason is a new line here.
 */
const faults = {
  /** Every attempt of the schedule failed. */
  exhausted: 'endpoint',
  /** A response that is not tried again: most of 3xx and 4xx. */
  refused: 'endpoint',
  /** 410. */
  gone: 'endpoint',
  /** The URL has a literal address that requests may not go to. */
  blocked: 'endpoint',
  /** The endpoint kept the delivery waiting until its deadline. */
  deadline: 'endpoint',
  /** A key, the payload or a socket was missing until the deadline, e.g. for lack of a permission. */
  unready: 'ours',
  /** The workers died. */
  crashed: 'ours',
  'payload-missing': 'ours',
  /** The payload in the bucket is not the one that was stored. */
  'payload-altered': 'ours',
  /** A task names a delivery that is not in the table. */
  'record-missing': 'ours',
  /** A message of the delivery queue is not a task. */
  malformed: 'ours',
} as const satisfies Record<string, Fault>;

/** Why a delivery, or a task of one, is given up. */
export type FailureCause = keyof typeof faults;

/** Why a delivery ends: the cause, which says whose fault it is, and a text. */
export interface Failure {
  readonly cause: FailureCause;
  readonly reason: string;
}

export const failureCauses = Object.keys(faults).filter((name): name is FailureCause =>
  Object.hasOwn(faults, name),
);

export const isFailureCause = (text: string): text is FailureCause => Object.hasOwn(faults, text);

/** A record of an earlier version has no cause. It counts as our fault, which must not be overlooked. */
export const faultOf = (cause: FailureCause | undefined): Fault =>
  cause === undefined ? 'ours' : faults[cause];

/** The dead-letter queues of deliveries: `delivery` rings an alarm with each letter, `undelivered` does not. */
export type DeadDeliveryQueue = 'delivery' | 'undelivered';

/** The queue for the dead letter of a delivery. */
export function deadLetterQueueOf(cause: FailureCause | undefined): DeadDeliveryQueue {
  const fault = faultOf(cause);
  switch (fault) {
    case 'endpoint':
      return 'undelivered';
    case 'ours':
      return 'delivery';
  }
}
