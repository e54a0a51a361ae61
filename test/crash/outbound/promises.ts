import type { AttemptOutcome } from '../../../lambdas/domain/attempt-outcome.ts';
import { endpointHash } from '../../../lambdas/domain/delivery-task.ts';
import { DeadLetter, parseMessage } from '../../../lambdas/domain/messages.ts';
import { tableNames } from '../../../testing/memory/dynamodb/dynamodb.ts';
import type { Item } from '../../../testing/memory/dynamodb/values.ts';
import type { outboundWorld } from '../../support/worlds/outbound-world.ts';
import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';
import { isCarriedOn, isSentInTurn, roundOf, taskIn } from './acknowledgements.ts';
import { coverageOf } from './coverage.ts';
import { watchHolds } from './holds.ts';
import { isPublished } from './publications.ts';
import { endpointOf, newUrlOf } from './scenario.ts';
import { brokenByStep, isOutlived } from './steps.ts';

/** A request that an endpoint got. */
export interface Request {
  readonly endpoint: string;
  readonly webhookId: string;
  readonly body: string;
  /** Its delivery, and the state of it when the request was sent. */
  readonly deliveryId?: string;
  readonly round: number;
  /** For how long its endpoint had been disabled. */
  readonly disabledForMs?: number;
  /** The endpoint had answered 410, and no person has enabled it since. */
  readonly isUnwelcome?: boolean;
  /** It got no response within a deadline that is shorter than its endpoint's own. */
  isCut?: boolean;
  /** The outcome that the worker saw. */
  outcome?: AttemptOutcome;
}

type Tables = ReturnType<typeof outboundWorld>;

/** Reasons that name a fault of the stack. */
const ourFault = /^crashed|not sent: |payload|record/;

/**
 * Watches every effect of a run for broken promises.
 *
 * @param isInTurn no process waits between its calls, unless it stalls
 * @param nameOfCall the port call that writes just now; without it, the one that began last
 */
export function watchPromises(world: Tables, isInTurn: boolean, nameOfCall?: () => string) {
  let isPrompt = isInTurn;
  const { db, table, manifests, events, endpoints, payloads, deadLetters, undelivered, tallies, operations } =
    world;
  const holds = watchHolds(world);
  const coverage = coverageOf(world);
  const violations = new Set<string>();
  const deferred = new Set<string>();
  const requests: Request[] = [];
  /** The tasks that were sent to the sideline queue: for each, one of the delivery queue may be acknowledged. */
  const passedOn: string[] = [];
  /** Deliveries that existed when their endpoint was created again, by the host of the new one. */
  const ofEarlier = new Map<string, ReadonlySet<string>>();
  /** By text of a task: the round of its delivery when it was last sent. */
  const roundsOfTasks = new Map<string, number>();
  const counts = { tasks: 0, retries: 0, kills: 0, deferrals: 0, releases: 0, endWait: 0 };
  const check = (isKept: boolean, violation: string) => {
    if (!isKept) violations.add(violation);
  };

  const lettersOf = (texts: readonly string[]) =>
    texts.map((text) => parseMessage(DeadLetter, 'dead letter', text));
  const isBuried = ({ id, attempts, lastError }: StoredDelivery) =>
    [...lettersOf(deadLetters), ...lettersOf(undelivered)].some(
      (letter) => letter.id === id && letter.attempts === attempts && letter.reason === lastError,
    );
  const lettersFor = ({ id }: StoredDelivery): number =>
    [...lettersOf(deadLetters), ...lettersOf(undelivered)].filter((letter) => letter.id === id).length;
  /** Decides by the text of the reason only, independently of the cause in the code. */
  const isInTheRightQueue = ({ id, lastError = '' }: StoredDelivery): boolean => {
    const wrong = ourFault.test(lastError) ? undelivered : deadLetters;
    return !lettersOf(wrong).some((letter) => letter.id === id && letter.reason === lastError);
  };
  const notifiedOf = ({ tenant, endpointId }: StoredDelivery): number =>
    operations
      .filter(({ type }) => type === 'delivery.exhausted')
      .map(({ body }) => JSON.parse(body))
      .filter((notice) => notice.tenant === tenant && notice.endpointId === endpointId)
      .reduce((sum, notice) => sum + notice.count, 0);
  const isCounted = (delivery: StoredDelivery): boolean =>
    notifiedOf(delivery) + (tallies.tallies.get(endpointHash(delivery))?.count ?? 0) >= 1;
  const isOf = ({ endpoint, webhookId }: Request, { endpointId, eventId }: StoredDelivery): boolean =>
    endpoint === endpointId && webhookId === eventId;
  const isAccepted = ({ id }: StoredDelivery) =>
    requests.some(({ deliveryId, outcome }) => deliveryId === id && outcome?.kind === 'accepted');

  function checkWrite(name: string, was: StoredDelivery | undefined, is: StoredDelivery): void {
    // A delivery that the limiter has deferred may go as soon as the limiter lets a request go.
    const wasDeferred = was !== undefined && deferred.has(`${was.id} ${was.nextAttemptAt}`);
    const step = { name, now: world.now(), settings: world.settings, wasDeferred };
    for (const broken of brokenByStep(step, was, is)) violations.add(broken);
    // It does not wait for its schedule either if its claim was given up without an attempt.
    const isPostponed = name === 'deliveries.record' && was?.attempts === is.attempts;
    if (name === 'deliveries.defer' || isPostponed) deferred.add(`${is.id} ${is.nextAttemptAt}`);
    const isOverAndFailed = is.status === 'failed' && is.dueAt === undefined;
    check(!isOverAndFailed || isBuried(is), 'failed, not due any more, and not on the DLQ');
    check(!isOverAndFailed || isCounted(is), 'failed, not due any more, and not counted for the operators');
    check(is.status !== 'delivered' || isAccepted(is), 'delivered, and no endpoint accepted it');
    countTasksOf(name, was, is);
  }

  /** Each of these calls for a task. */
  function countTasksOf(name: string, was: StoredDelivery | undefined, is: StoredDelivery): void {
    if (name === 'deliveries.defer') counts.deferrals++;
    if (name === 'deliveries.release') counts.releases++;
    if (name === 'deliveries.endWait') counts.endWait++;
    if (was && was.attempts < is.attempts && is.status === 'pending') counts.retries++;
  }

  /** A success that was seen is recorded, also when its delivery has been held or claimed again in its round. */
  function lateSuccessTried({ id, round }: Pick<StoredDelivery, 'id' | 'round'>): void {
    const delivery = table.deliveries.get(id);
    const counts = delivery?.status === 'delivered' || delivery?.status === 'discarded';
    check(counts || delivery?.round !== round, 'a success that was seen does not count');
  }

  const checkCoverage = () =>
    check(coverage.isWhole(), 'acknowledged, unfinished, and neither due nor in a manifest');

  const running = { call: '' };
  const checkDelivery = (was: Item | undefined, is: Item | undefined): void => {
    const delivery = table.deliveries.seen(is);
    if (delivery === undefined) return;
    if (was === undefined) coverage.created(delivery);
    checkWrite(nameOfCall?.() ?? running.call, table.deliveries.seen(was), delivery);
  };
  db.onWrite(({ was, is, table: name }) => {
    const key = name === tableNames.outboundEvents ? is?.['payloadS3'] : undefined;
    check(typeof key !== 'string' || payloads.has(key), 'an event was written before its payload');
    if (name === tableNames.deliveries) checkDelivery(was, is);
    if (name === tableNames.deliveries || manifests.manifests.seen(was) !== undefined) checkCoverage();
  });

  return {
    violations,
    check,
    requests,
    counts,
    isBuried,
    isInTheRightQueue,
    lettersFor,
    notifiedOf,
    isOf,
    disturbed: holds.disturbed,
    stalled(): void {
      isPrompt = false;
    },
    isSentInTime: holds.isSentInTime,
    lateSuccessTried,

    effect(name: string, effect: () => Promise<unknown>): Promise<unknown> {
      // The effect happens at once; only the response may take time.
      running.call = name;
      const answer = effect();
      const isOrphan = isOutlived(table.deliveries.values(), events.events, world.now());
      check(!isOrphan, 'an event expires before its delivery is over');
      return answer;
    },

    remade(endpoint: string): void {
      const made = [...table.deliveries.values()].filter(({ endpointId }) => endpointId === endpoint);
      ofEarlier.set(endpointOf(newUrlOf(endpoint)), new Set(made.map(({ eventId }) => eventId)));
    },

    requested(url: string, webhookId: string, body: string): Request {
      const endpoint = endpointOf(url);
      check(
        !ofEarlier.get(endpoint)?.has(webhookId),
        'a recreated endpoint got a delivery of its predecessor',
      );
      const delivery = [...table.deliveries.values()].find(
        ({ endpointId, eventId }) => endpointId === endpoint && eventId === webhookId,
      );
      if (delivery !== undefined) holds.sent(delivery.id);
      const registered = [...endpoints.endpoints.values()].find(
        (other) => endpointOf(other.url) === endpoint,
      );
      const disabledForMs = world.now() - (registered?.disabled?.at ?? world.now());
      const isUnwelcome =
        registered !== undefined &&
        !holds.wasEnabled(registered.id) &&
        requests.some((earlier) => earlier.endpoint === endpoint && earlier.outcome?.kind === 'gone');
      const request: Request = {
        endpoint,
        webhookId,
        body,
        deliveryId: delivery?.id,
        round: delivery?.round ?? 0,
        disabledForMs,
        isUnwelcome,
      };
      requests.push(request);
      return request;
    },

    /** @param mayPassOn it goes to the sideline queue without a delay */
    taskSent(text: string, mayPassOn: boolean): void {
      const task = taskIn(text);
      if (mayPassOn) passedOn.push(task);
      // The same task in the other queue carries on the one before it.
      if (!mayPassOn || !roundsOfTasks.has(task)) counts.tasks++;
      roundsOfTasks.set(task, roundOf(text, world));
      check(isSentInTurn(text, world), 'a task was sent whose predecessor is not recorded');
    },

    taskDeleted(text: string): void {
      const task = taskIn(text);
      const round = roundsOfTasks.get(task) ?? roundOf(text, world);
      if (isCarriedOn(text, world, { isPrompt, round })) return;
      const index = passedOn.indexOf(task);
      check(index !== -1, 'a task was acknowledged, its attempt unrecorded, and no other carries on');
      passedOn.splice(index, 1);
    },

    purged: coverage.purged,
    checkCoverage,

    publicationDeleted(text: string): void {
      checkCoverage();
      const { id, eventId = id } = JSON.parse(text);
      const isGivenUp = lettersOf(deadLetters).some(
        (letter) => letter.kind === 'publish' && letter.id === eventId,
      );
      check(isGivenUp || isPublished(text, world), 'a publication was acknowledged and left no delivery');
    },
  };
}
