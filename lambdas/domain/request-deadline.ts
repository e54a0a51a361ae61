import type { AttemptOutcome } from './attempt-outcome.ts';
import type { TaskQueue } from './delivery-task.ts';
import type { EndpointHealth } from './limiter-store.ts';
import { type Millis, millis } from './time.ts';

/** A response that takes longer than this is slow. A request of the delivery queue is cut then, and made again in the other queue. */
export const slowAfter = millis(5_000);
/** A response within this is quick. A failure that takes longer occupies a worker, so its endpoint counts as slow. */
export const quickWithin = millis(1_000);

/** Whether a request shows that its endpoint is slow: it took long, or its failure did. */
export const isSlowIn = ({
  health,
  took = millis(0),
}: {
  readonly health: EndpointHealth;
  readonly took?: Millis;
}): boolean => health === 'slow' || health === 'hanging' || (health === 'down' && took > quickWithin);

/** The request that gets a deadline. */
export interface Deadlined {
  /** The queue that its task came from. */
  readonly queue: TaskQueue;
  /** For a probe: how many failed since the breaker opened. */
  readonly failedProbes?: number;
}

/**
 * The deadline of one request: no later than its endpoint's own.
 *
 * A worker of the delivery queue waits for 5 s, so that endpoints that hang keep few of them, and not for long. A probe begins
 * with 5 s, and doubles that with each one that failed. If a request has to end before the endpoint's own deadline, it does not
 * count as an attempt, so an endpoint that always takes longer than 5 s fails no delivery by it.
 */
export const deadlineOf = ({ queue, failedProbes }: Deadlined, own: Millis): Millis =>
  millis(Math.min(own, shortened(queue, failedProbes)));

const shortened = (queue: TaskQueue, failedProbes: number | undefined): number => {
  if (queue === 'delivery') return slowAfter;
  return failedProbes === undefined ? Number.POSITIVE_INFINITY : slowAfter * 2 ** failedProbes;
};

/** Clocks and timers differ by some milliseconds. In ms. */
const timerSkew = 100;

/** A request that ended. */
interface EndedRequest {
  readonly outcome: AttemptOutcome;
  readonly took: Millis;
  readonly deadline: Millis;
}

/** The endpoint's own deadlines. */
interface OwnDeadlines {
  readonly attemptTimeout: Millis;
  readonly connectTimeout: Millis;
}

/** Whether a request got no response only because its deadline was shorter than its endpoint's own. */
export function isCut({ outcome, took, deadline }: EndedRequest, own: OwnDeadlines): boolean {
  if (deadline >= own.attemptTimeout || took < deadline - timerSkew) return false;
  if (outcome.kind !== 'unreachable' || outcome.cause !== 'timeout') return false;
  const isConnected = outcome.phase === undefined || outcome.phase === 'head';
  return isConnected || own.connectTimeout > deadline;
}
