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
  /** Deliveries that it found without a task. */
  readonly tasks: Set<string>;
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
  const dutiesOf = (process: object): Duties => {
    const duties = all.get(process) ?? { begunAt: history.writes(), tasks: new Set(), held: new Map() };
    all.set(process, duties);
    return duties;
  };

  function found(process: Process, delivery: Delivery | undefined): void {
    if (delivery !== undefined && isUntouched(delivery)) dutiesOf(process).tasks.add(delivery.id);
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

    /** @param isCalm nothing has gone wrong so far */
    made(
      process: object | undefined,
      { tenant, eventId, endpointId, status, url }: StoredDelivery,
      isCalm: boolean,
    ): void {
      check(!eventId.startsWith('test_') || status !== 'held', 'a test is held');
      const life = history.current(tenant, endpointId);
      if (url !== undefined || process === undefined || life?.endpoint.status !== 'disabled') return;
      const isKnown = isCalm
        ? life.changedAt < dutiesOf(process).begunAt
        : life.statusSince < now() - keptFor;
      check(!isKnown || status !== 'pending', 'a delivery to a disabled endpoint is not held');
    },

    sent: (process: Process, text: string): void =>
      void dutiesOf(process).tasks.delete(parseMessage(DeliveryTask, 'delivery task', text).deliveryId),

    sentRange(text: string): void {
      const event = events.events.get(keyOf(text));
      const isNoted = event?.rangesLeft !== undefined || event?.fannedOutAt !== undefined;
      check(event === undefined || isNoted, 'ranges of an event were sent before they were noted');
    },

    /** A publisher has returned; these of its messages are deleted next. */
    done(process: Process, texts: readonly string[], failed: readonly string[]): void {
      const { tasks, held } = dutiesOf(process);
      for (const [id, writtenAt] of held) checkHeld(id, writtenAt);
      const left = new Set(failed.map(keyOf));
      const keys = texts.map(keyOf).filter((key) => !left.has(key) && !isGivenUp(key));
      for (const id of tasks) {
        const delivery = table.deliveries.get(id);
        if (delivery === undefined || !keys.includes(outboundEventKey(delivery.tenant, delivery.eventId)))
          continue;
        const isLeft = isUntouched(delivery) && !hasTask(id);
        check(!isLeft, 'a publication was acknowledged, and the task of its delivery was not sent');
      }
    },
  };
}
