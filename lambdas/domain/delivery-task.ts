import { hash } from 'node:crypto';
import * as v from 'valibot';
import { type AnnouncedDelivery, Announcement } from './announced-delivery.ts';
import { type DeadDeliveryQueue, deadLetterQueueOf, type FailureCause } from './delivery-failure.ts';
import { DeliveryIdText, type EndpointId, EndpointIdText, type TenantId, TenantIdText } from './ids.ts';
import { Count, MillisNumber, WholeNumber } from './instant-fields.ts';
import { type DeadLetter, maxMessageBytes, serialiseMessage, utf8Bytes } from './messages.ts';
import type { Seconds, UnixMillis } from './time.ts';

/** A success that a worker saw and could not write. The task records it, without a request. */
const UnrecordedSuccess = v.object({ at: MillisNumber, ms: WholeNumber, status: Count });

/** A message of a task queue. Used by: publish → deliver, deliver → deliver, sweep → deliver, replay → deliver. */
export const DeliveryTask = v.pipe(
  v.object({
    v: v.literal(1),
    deliveryId: DeliveryIdText,
    tenant: TenantIdText,
    endpointId: EndpointIdText,
    /** True for a URL that is not registered. */
    isDirect: v.optional(v.boolean()),
    /** The generation that the delivery had when this was sent. The delivery's record decides. */
    generation: v.optional(v.string()),
    /** Counted from 1, over all rounds. */
    attempt: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    /** Of the first task of a delivery whose record the claim makes. */
    announced: v.optional(Announcement),
    /** A small payload, included to save a read. */
    payload: v.optional(v.string()),
    /** A person asked for the attempt: it goes now, even if the breaker is open. A test is never held. */
    byHand: v.optional(v.picklist(['test', 'retry'])),
    /** With an outcome the task makes no request. */
    seen: v.optional(v.object({ claims: Count, round: Count, success: UnrecordedSuccess })),
  }),
  // An endpoint without a tenant has no key, so reading it is an error each time.
  v.forward(
    v.partialCheck(
      [['tenant'], ['isDirect']],
      ({ tenant, isDirect }) => tenant !== '' || isDirect === true,
      'the tenant of the endpoint',
    ),
    ['tenant'],
  ),
);
export type DeliveryTask = v.InferOutput<typeof DeliveryTask>;

/**
 * The queues of tasks. One function consumes both.
 *
 * `sideline` is for endpoints that are slow or down. It has fewer workers, so that those in the other queue find one free.
 *
 * @see https://aws.amazon.com/builders-library/avoiding-insurmountable-queue-backlogs/ (sidelining)
 */
export type TaskQueue = 'delivery' | 'sideline';

/** A task, ready for its queue. */
export interface TaskMessage {
  readonly queue: TaskQueue;
  readonly body: string;
  readonly groupId: string;
  readonly delay?: Seconds;
}

/** The fair-queue group of a task: SQS prefers the tasks of quiet endpoints when one is noisy. */
export interface TaskDestination {
  readonly tenant: TenantId;
  readonly endpointId: EndpointId;
  /** For an endpoint that is not registered. */
  readonly url?: string;
  /** For a registered endpoint. */
  readonly generation?: string;
}

/** A short ASCII name of an endpoint, made of its tenant and id. */
export const endpointHash = ({ tenant, endpointId }: TaskDestination): string =>
  hash('sha256', JSON.stringify([tenant, endpointId]));

/** A task without its destination. */
export type NewTask = Omit<DeliveryTask, 'v' | 'tenant' | 'endpointId' | 'isDirect' | 'generation'>;

/**
 * Makes the queue message of a task.
 *
 * @param delay at most 900 s
 * @param queue a worker that finds the task of a sidelined endpoint in the first queue passes it on
 */
export function taskMessage(
  task: NewTask,
  destination: TaskDestination,
  delay?: Seconds,
  queue: TaskQueue = 'delivery',
): TaskMessage {
  const body = serialiseMessage({ v: 1, ...task, ...addressOf(destination) });
  return { queue, body, groupId: endpointHash(destination), delay };
}

/** The delivery that a task announces; undefined when its record was made before the task was sent. */
export function announcedIn(
  task: DeliveryTask,
): (AnnouncedDelivery & Pick<Announcement, 'correlationId'>) | undefined {
  const { announced, tenant, endpointId, generation } = task;
  return announced && generation !== undefined ? { ...announced, tenant, endpointId, generation } : undefined;
}

/** The same task for the sideline queue. */
export const sidelined = (task: DeliveryTask): TaskMessage => ({
  queue: 'sideline',
  body: serialiseMessage(task),
  groupId: endpointHash(task),
});

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

/** The delivery or task that is given up, as far as it is known. */
export interface GivenUp extends TaskDestination {
  /** The id of the delivery. */
  readonly id: string;
  readonly attempts: number;
  readonly eventType?: string;
  /** The host of the endpoint's URL. */
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

/** The dead letter of a message of the delivery queue that cannot be run, with the whole message. */
export function taskDeadLetter(
  message: string,
  { id, cause, reason, task }: TaskGivenUp,
  at: UnixMillis,
): DeadDelivery {
  const { tenant, endpointId } = task ?? {};
  const attempts = task === undefined ? 0 : task.attempt - 1;
  const letter = { v: 1, kind: 'delivery', id, reason, at, attempts, message, cause } as const;
  const dead = deadDelivery({ ...letter, tenant, endpointId }, cause);
  // The largest message does not fit into an envelope. It is sent unchanged, like one that SQS moves.
  return utf8Bytes(dead.body) <= maxMessageBytes ? dead : { ...dead, body: message };
}

interface TaskGivenUp {
  /** The id of the delivery, or of a message that is not a task. */
  readonly id: string;
  readonly cause: FailureCause;
  readonly reason: string;
  readonly task?: DeliveryTask;
}

const deadDelivery = (letter: DeadLetter, cause: FailureCause | undefined): DeadDelivery => ({
  queue: deadLetterQueueOf(cause),
  body: serialiseMessage(letter),
});
