import { type AnnouncedDelivery, idOfAnnounced } from '../../../lambdas/domain/announced-delivery.ts';
import type { Delivery } from '../../../lambdas/domain/delivery-record.ts';
import type { DeliveryStore } from '../../../lambdas/domain/delivery-store.ts';
import { DeliveryTask } from '../../../lambdas/domain/delivery-task.ts';
import { asEventId, asTenantId, type DeliveryId } from '../../../lambdas/domain/ids.ts';
import { DeadLetter, parseMessage } from '../../../lambdas/domain/messages.ts';
import { outboundEventKey } from '../../../lambdas/domain/outbound-event.ts';
import type { outboundWorld } from '../../support/worlds/outbound-world.ts';
import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';
import type { Process } from './calls.ts';
import type { EndpointHistory } from './endpoint-history.ts';

type Check = (isKept: boolean, violation: string) => void;

/** What one publisher has to do before its messages are deleted. */
interface Duties {
  /** How many writes there were when it began. */
  readonly begunAt: number;
  /** When it began, in Unix milliseconds. */
  readonly since: number;
  /** Deliveries that it announced, or found without a task, each with the key of its event. */
  readonly tasks: Map<string, string>;
  /** Deliveries that it wrote as held, and how many writes there were by then. */
  readonly held: Map<string, number>;
}

/** Processes keep endpoints in memory for this long after a change that was not counted, in ms. */
const keptFor = 60_000;

/** What tells whether a worker or a wait came before. */
interface Touched extends Pick<StoredDelivery, 'status' | 'attempts' | 'claims'> {
  readonly nextAttemptAt?: number;
}

const isUntouched = ({ status, attempts, claims, nextAttemptAt }: Touched): boolean =>
  status === 'pending' && attempts === 0 && claims === 0 && nextAttemptAt === undefined;

/** The key of the event of a publication, or of a range of one. */
function keyOf(text: string): string {
  const { id, eventId = id, tenant = '' } = JSON.parse(text);
  return outboundEventKey(asTenantId(tenant), asEventId(eventId));
}

/** Judges publishers: what they make, and what they have done when they let go of a message. */
export function publishRules(
  { table, events, deadLetters, deliveryQueue, now }: ReturnType<typeof outboundWorld>,
  history: EndpointHistory,
  check: Check,
) {
  const all = new WeakMap<object, Duties>();
  const split = new Set<string>();
  const dutiesOf = (process: object): Duties => {
    const duties = all.get(process) ?? {
      begunAt: history.writes(),
      since: now(),
      tasks: new Map(),
      held: new Map(),
    };
    all.set(process, duties);
    return duties;
  };

  function found(process: Process, delivery: Delivery | undefined): void {
    if (delivery !== undefined && isUntouched(delivery))
      dutiesOf(process).tasks.set(delivery.id, outboundEventKey(delivery.tenant, delivery.eventId));
  }

  const isGivenUp = (key: string): boolean =>
    deadLetters
      .map((text) => parseMessage(DeadLetter, 'dead letter', text))
      .some((letter) => letter.kind === 'publish' && key.endsWith(`#${letter.id}`));
  const hasTask = (id: string): boolean =>
    deliveryQueue
      .contents()
      .some((text) => parseMessage(DeliveryTask, 'delivery task', text).deliveryId === id);

  function checkHeld(id: string, writtenAt: number): void {
    const delivery = table.deliveries.get(id);
    if (delivery?.status !== 'held') return;
    const life = history.current(delivery.tenant, delivery.endpointId);
    const wasEnabled = life?.endpoint.status === 'enabled' && life.changedAt < writtenAt;
    check(!wasEnabled, 'a publisher held a delivery whose endpoint is enabled, and did not look again');
  }

  /** A publisher makes no delivery that could be tried, in the table or a manifest, where it knows that the endpoint is disabled. */
  function checkKnown(
    process: object,
    { tenant, endpointId }: Pick<StoredDelivery, 'tenant' | 'endpointId'>,
    isCalm: boolean,
  ): void {
    const life = history.current(tenant, endpointId);
    if (life?.endpoint.status !== 'disabled') return;
    const { begunAt, since } = dutiesOf(process);
    const isKnown = isCalm ? life.changedAt < begunAt : life.statusSince < since - keptFor;
    check(!isKnown, 'a delivery to a disabled endpoint is not held');
  }

  return {
    begun: (process: Process): void => void dutiesOf(process),

    watched: <Store extends DeliveryStore>(process: Process, store: Store): Store => {
      if (!process.name.startsWith('publishing')) return store;
      return {
        ...store,
        async create(delivery: Delivery) {
          const first = await store.create(delivery);
          found(process, first ?? delivery);
          if (first === undefined && delivery.status === 'held')
            dutiesOf(process).held.set(delivery.id, history.writes());
          return first;
        },
        async read(id: DeliveryId) {
          const delivery = await store.read(id);
          found(process, delivery);
          return delivery;
        },
      };
    },

    /** @param process that has made it, if it is a publisher @param isCalm nothing has gone wrong so far */
    made(process: object | undefined, delivery: StoredDelivery, isCalm: boolean): void {
      const { eventId, status, url } = delivery;
      check(!eventId.startsWith('test_') || status !== 'held', 'a test is held');
      if (url === undefined && process !== undefined && status === 'pending')
        checkKnown(process, delivery, isCalm);
    },

    /** A publisher has written a manifest. */
    announced(process: object, deliveries: readonly AnnouncedDelivery[], isCalm: boolean): void {
      for (const delivery of deliveries) {
        const key = outboundEventKey(delivery.tenant, delivery.eventId);
        dutiesOf(process).tasks.set(idOfAnnounced(delivery), key);
        checkKnown(process, delivery, isCalm);
      }
    },

    sent: (process: Process, text: string): void =>
      void dutiesOf(process).tasks.delete(parseMessage(DeliveryTask, 'delivery task', text).deliveryId),

    /** An event was split. */
    noted: (key: string): void => void split.add(key),

    sentRange(text: string): void {
      const key = keyOf(text);
      check(!events.events.has(key) || split.has(key), 'ranges of an event were sent before they were noted');
    },

    /** A publisher has returned; these of its messages are deleted next. */
    done(process: Process, texts: readonly string[], failed: readonly string[]): void {
      const { tasks, held } = dutiesOf(process);
      const left = new Set(failed.map(keyOf));
      const keys = texts.map(keyOf).filter((key) => !left.has(key) && !isGivenUp(key));
      const isDone = (id: string): boolean => {
        const delivery = table.deliveries.get(id);
        return delivery !== undefined && keys.includes(outboundEventKey(delivery.tenant, delivery.eventId));
      };
      for (const [id, writtenAt] of held) if (isDone(id)) checkHeld(id, writtenAt);
      for (const [id, key] of tasks) {
        if (!keys.includes(key)) continue;
        const delivery = table.deliveries.get(id);
        const isLeft = (delivery === undefined || isUntouched(delivery)) && !hasTask(id);
        check(!isLeft, 'a publication was acknowledged, and the task of its delivery was not sent');
      }
    },
  };
}
