import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { type DeadLetter, serialiseMessage } from './messages.ts';
import type { Seconds, UnixMillis } from './time.ts';

/** A success that was seen and could not be written: to be recorded, not posted. */
const SeenSuccess = v.object({ at: v.number(), ms: v.number(), status: v.number() });
export type SeenSuccess = v.InferOutput<typeof SeenSuccess>;

/** A message of the delivery queue. Used by: publish → deliver, deliver → deliver, sweep → deliver, replay → deliver. */
export const DeliveryTask = v.object({
  v: v.literal(1),
  deliveryId: v.string(),
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
  seen: v.optional(v.object({ claims: v.number(), round: v.number(), success: SeenSuccess })),
});
export type DeliveryTask = v.InferOutput<typeof DeliveryTask>;

/** A task, ready for the queue. */
export interface TaskMessage {
  readonly body: string;
  readonly groupId: string;
  readonly delay?: Seconds;
}

/** Whom a task is for: SQS prefers the tasks of quiet endpoints once one is noisy. */
export interface Addressee {
  readonly tenant: string;
  readonly endpointId: string;
  /** Of an endpoint that is not registered. */
  readonly url?: string;
  /** Of one that is. */
  readonly generation?: string;
}

/** Names an endpoint where names have to be short and ASCII, whatever it is called. */
export const endpointHash = ({ tenant, endpointId }: Addressee): string =>
  createHash('sha256')
    .update(JSON.stringify([tenant, endpointId]))
    .digest('hex');

/**
 * Makes the queue message of a task.
 *
 * @param delay at most 900 s
 */
export function taskMessage(
  task: Omit<DeliveryTask, 'v' | 'tenant' | 'endpointId' | 'isDirect' | 'generation'>,
  addressee: Addressee,
  delay?: Seconds,
): TaskMessage {
  const body = serialiseMessage({ v: 1, ...task, ...addressOf(addressee) });
  return { body, groupId: endpointHash(addressee), delay };
}

const addressOf = ({ tenant, endpointId, url, generation }: Addressee) => ({
  tenant,
  endpointId,
  generation,
  ...(url !== undefined && { isDirect: true }),
});

/** The DLQ entry of a delivery; its message is the task that would try again. */
export function deliveryDeadLetter(
  delivery: Addressee & { readonly id: string; readonly attempts: number },
  reason: string,
  at: UnixMillis,
): string {
  const { id, attempts } = delivery;
  const message = serialiseMessage({
    ...{ v: 1, deliveryId: id, attempt: attempts + 1 },
    ...addressOf(delivery),
  });
  return serialiseMessage({ v: 1, kind: 'delivery', id, reason, at, attempts, message } satisfies DeadLetter);
}
