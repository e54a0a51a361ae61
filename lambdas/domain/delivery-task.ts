import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { type DeadDeliveryQueue, deadLetterQueueOf, type FailureCause } from './delivery-failure.ts';
import { DeliveryIdText } from './ids.ts';
import { type DeadLetter, maxMessageBytes, serialiseMessage, utf8Bytes } from './messages.ts';
import type { Seconds, UnixMillis } from './time.ts';

/** A success that was seen and could not be written: to be recorded, not posted. */
const UnrecordedSuccess = v.object({ at: v.number(), ms: v.number(), status: v.number() });

/** A message of the delivery queue. Used by: publish → deliver, deliver → deliver, sweep → deliver, replay → deliver. */
export const DeliveryTask = v.object({
  v: v.literal(1),
  deliveryId: DeliveryIdText,
  tenant: v.string(),
  endpointId: v.string(),
  /** To a URL that is not registered. */
  isDirect: v.optional(v.boolean()),
  /** Of its endpoint, as the delivery had it when this was sent; the delivery's own decides. */
  generation: v.optional(v.string()),
  /** Counted from 1, over all rounds. */
  attempt: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** A small payload rides along, to save a read. */
  payload: v.optional(v.string()),
  /** A person asked for it: it goes now, even if the breaker is open. A test is never held. */
  byHand: v.optional(v.picklist(['test', 'retry'])),
  /** With an outcome there is nothing to post. */
  seen: v.optional(v.object({ claims: v.number(), round: v.number(), success: UnrecordedSuccess })),
});
export type DeliveryTask = v.InferOutput<typeof DeliveryTask>;

/** A task, ready for the queue. */
export interface TaskMessage {
  readonly body: string;
  readonly groupId: string;
  readonly delay?: Seconds;
}

/** Whom a task is for: SQS prefers the tasks of quiet endpoints once one is noisy. */
export interface TaskDestination {
  readonly tenant: string;
  readonly endpointId: string;
  /** Of an endpoint that is not registered. */
  readonly url?: string;
  /** Of one that is. */
  readonly generation?: string;
}

/** A short ASCII name of an endpoint, made of its tenant and id. */
export const endpointHash = ({ tenant, endpointId }: TaskDestination): string =>
  createHash('sha256')
    .update(JSON.stringify([tenant, endpointId]))
    .digest('hex');

/** A task without its destination. */
export type NewTask = Omit<DeliveryTask, 'v' | 'tenant' | 'endpointId' | 'isDirect' | 'generation'>;

/**
 * Makes the queue message of a task.
 *
 * @param delay at most 900 s
 */
export function taskMessage(task: NewTask, destination: TaskDestination, delay?: Seconds): TaskMessage {
  const body = serialiseMessage({ v: 1, ...task, ...addressOf(destination) });
  return { body, groupId: endpointHash(destination), delay };
}

const addressOf = ({ tenant, endpointId, url, generation }: TaskDestination) => ({
  tenant,
  endpointId,
  generation,
  ...(url !== undefined && { isDirect: true }),
});

/** A dead letter of a delivery, ready for its queue. */
export interface DeadDelivery {
  readonly queue: DeadDeliveryQueue;
  readonly body: string;
}

/** What is given up, as far as it is known. */
export interface GivenUp extends TaskDestination {
  /** The delivery's. */
  readonly id: string;
  readonly attempts: number;
  readonly eventType?: string;
  /** Of the endpoint's URL. */
  readonly host?: string;
}

/** The dead letter of a delivery that failed; its message is the task that would try again. */
export function deliveryDeadLetter(
  givenUp: GivenUp,
  { cause, reason }: { readonly cause?: FailureCause; readonly reason: string },
  at: UnixMillis,
): DeadDelivery {
  const { id, attempts, tenant, endpointId, eventType, host } = givenUp;
  const message = serialiseMessage({
    v: 1,
    deliveryId: id,
    attempt: attempts + 1,
    ...addressOf(givenUp),
  });
  const who = { tenant, endpointId, eventType, host };
  return deadDelivery({ v: 1, kind: 'delivery', id, reason, at, attempts, message, cause, ...who }, cause);
}

/** The dead letter of a message of the delivery queue that cannot be carried out, whole. */
export function taskDeadLetter(
  message: string,
  { id, cause, reason, task }: TaskGivenUp,
  at: UnixMillis,
): DeadDelivery {
  const { tenant, endpointId } = task ?? {};
  const attempts = task === undefined ? 0 : task.attempt - 1;
  const letter = { v: 1, kind: 'delivery', id, reason, at, attempts, message, cause } as const;
  const dead = deadDelivery({ ...letter, tenant, endpointId }, cause);
  // With its envelope the largest message does not fit: it goes as it is, like one that SQS moves.
  return utf8Bytes(dead.body) <= maxMessageBytes ? dead : { ...dead, body: message };
}

interface TaskGivenUp {
  /** The delivery's, or the message's where it is no task. */
  readonly id: string;
  readonly cause: FailureCause;
  readonly reason: string;
  readonly task?: DeliveryTask;
}

const deadDelivery = (letter: DeadLetter, cause: FailureCause | undefined): DeadDelivery => ({
  queue: deadLetterQueueOf(cause),
  body: serialiseMessage(letter),
});
