import { deliveryId } from '../../../lambdas/domain/delivery-record.ts';
import { endpointHash } from '../../../lambdas/domain/delivery-task.ts';
import { asEventId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { DeadLetter, parseMessage } from '../../../lambdas/domain/messages.ts';
import { type OutboundEvent, outboundEventKey } from '../../../lambdas/domain/outbound-event.ts';
import { wants } from '../../../lambdas/domain/subscription.ts';
import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';
import type { Happened } from './calls.ts';
import type { Life } from './endpoint-history.ts';
import type { Story } from './story.ts';
import type { SimulatedOutbound } from './world.ts';

/** Judges a run after its end. */
export function checkTheEnd(world: SimulatedOutbound, story: Story): void {
  const deliveries = world.table.deliveries.values();
  const { watch, calls, report } = world;
  for (const delivery of deliveries) {
    checkDelivery(delivery, world);
    checkCause(delivery, world, story);
  }
  for (const event of world.events.events.values()) {
    checkFanOut(event, world);
    const its = deliveries.filter(({ tenant, eventId }) => outboundEventKey(tenant, eventId) === event.id);
    const goesFirst = its.some(({ expiresAt = 0 }) => event.expiresAt < expiresAt);
    watch.check(!goesFirst, 'an event goes before its delivery');
  }
  checkPublications(world, story);
  checkNotified(deliveries, world);
  checkCounts(deliveries, world);
  checkLetters(world);
  checkLimiters(world);
  watch.check(watch.tasks.isKept(watch.spareTasks()), 'more tasks than attempts, acts and faults call for');
  watch.check(
    calls.faults() > 0 || report.total('DeliveriesNeverAttempted') === 0,
    'a delivery was never attempted, although nothing went wrong',
  );
  watch.check(
    calls.faults() > 0 || report.total('WorkErrored') === 0,
    'work failed, although nothing went wrong',
  );
}

function checkDelivery(delivery: StoredDelivery, { watch, settings, calls }: SimulatedOutbound): void {
  const { status, attempts, attemptLog, crashes, id, round } = delivery;
  const requests = watch.requests.filter((request) => request.deliveryId === id);
  watch.check(status !== 'pending', 'a delivery never ended');
  watch.check(status !== 'failed' || watch.isBuried(delivery), 'failed, and not on the DLQ with its reason');
  watch.check(status !== 'failed' || watch.isInTheRightQueue(delivery), 'a dead letter in the wrong queue');
  watch.check(attemptLog.length >= Math.min(attempts, 40), 'attempts are missing from the log');
  watch.check(crashes <= settings.maxCrashes + 1, 'more crashes than allowed');
  // It is counted before its letter is sent, so a fault of the count repeats no letter.
  const harmless = calls.happened().filter(({ kind, name }) => name === 'tallies.add' && kind !== 'stalls');
  watch.check(
    watch.lettersFor(delivery) <=
      round + calls.faults() - harmless.filter(({ kind }) => kind !== 'outage').length,
    'a dead letter was sent twice',
  );
  watch.check(
    calls.faults() > 0 || requests.filter(({ isCut }) => !isCut).length === attempts,
    'another number of requests than attempts, although nothing went wrong',
  );
  const accepted = requests.some(
    (request) => request.round === round && request.outcome?.kind === 'accepted',
  );
  const isLost = accepted && status !== 'delivered' && status !== 'discarded';
  watch.check(!isLost || calls.faults() > 0, 'an endpoint accepted a delivery that did not end delivered');
}

/** The reasons for which a delivery may fail. */
function checkCause(
  { status, cause, attempts, attemptsBefore, attemptLog, id }: StoredDelivery,
  { watch, calls }: SimulatedOutbound,
  story: Story,
): void {
  if (status !== 'failed') return;
  const last = attemptLog.at(-1)?.status;
  const tries = attempts - attemptsBefore;
  watch.check(cause !== 'exhausted' || tries > story.retryDelays.length, 'exhausted before its last attempt');
  watch.check(cause !== 'gone' || last === 410, 'gone, but its endpoint did not say so');
  watch.check(
    cause !== 'refused' || (last !== undefined && last < 500 && last !== 429),
    'refused, but its endpoint did not say so',
  );
  watch.check(
    cause === 'exhausted' || cause === 'gone' || cause === 'refused' || calls.faults() > 0,
    `failed as ${cause}, although nothing went wrong`,
  );
  watch.check(
    !['payload-missing', 'payload-altered', 'record-missing', 'malformed', 'deadline'].includes(cause ?? ''),
    `failed as ${cause}`,
  );
  const kills = story.endpoints.flatMap(({ answers }) => answers.filter((answer) => answer.kills === true));
  const deaths = story.faults.filter(({ fault }) => fault.kind === 'dies' || fault.kind === 'stalls').length;
  const ownKills = watch.requests.filter(
    (request) => request.deliveryId === id && request.outcome === undefined,
  );
  watch.check(
    cause !== 'crashed' || kills.length === 0 || ownKills.length + deaths >= 4,
    'failed as crashed, by the crashes of another delivery',
  );
}

/** Every endpoint that existed and wants an event of its tenant has its delivery. */
function checkFanOut(event: OutboundEvent, world: SimulatedOutbound): void {
  const { watch, table, payloads } = world;
  const { endpoints, fannedOutAt, payload, isWide, createdAt, eventType } = event;
  const [tenant = '', eventId = ''] = event.id.split('#');
  if (isWide !== true) return;
  const isGivenUp = publishLetters(world).some((letter) => letter.id === eventId);
  const isKnown = endpoints !== undefined || fannedOutAt !== undefined;
  watch.check(isKnown || isGivenUp, 'an event was never fanned out');
  if (!isKnown || isGivenUp) return;
  const stored = 's3Key' in payload ? Buffer.from(payloads.get(payload.s3Key) ?? '').toString() : '';
  const body = 'text' in payload ? payload.text : stored;
  watch.check(body !== '', 'the payload of an event is missing');
  const { data } = JSON.parse(body || '{}');
  const wanted = watch.history.lives.filter(
    (life) =>
      life.endpoint.tenant === tenant &&
      life.createdAt <= createdAt &&
      watch.history.wasBefore(life, event.id) &&
      !isGoneInTime(life, event, world) &&
      wants(life.endpoint, eventType, data),
  );
  for (const { endpoint } of wanted)
    watch.check(
      table.deliveries.has(deliveryId(asTenantId(tenant), asEventId(eventId), endpoint.id)),
      'an endpoint that wants an event has no delivery',
    );
}

/** Whether an endpoint was deleted before it had to have its delivery: a publisher that comes after a fault does not find it. */
function isGoneInTime(
  { removedAt = Number.POSITIVE_INFINITY }: Life,
  { id, fannedOutAt }: OutboundEvent,
  { calls, watch }: SimulatedOutbound,
): boolean {
  if (fannedOutAt !== undefined) return removedAt <= fannedOutAt;
  return calls.faults() > 0 ? removedAt < Number.POSITIVE_INFINITY : removedAt <= watch.history.listedAt(id);
}

const publishLetters = ({ deadLetters }: SimulatedOutbound) =>
  deadLetters
    .map((text) => parseMessage(DeadLetter, 'dead letter', text))
    .filter(({ kind }) => kind === 'publish');

/** Every publication that the queue took is an event, or a dead letter with a reason. */
function checkPublications(world: SimulatedOutbound, { publications }: Story): void {
  const letters = publishLetters(world);
  for (const { message } of publications) {
    const { id, tenant, endpoint } = Object(message);
    const isEvent = world.events.events.has(outboundEventKey(asTenantId(tenant), asEventId(id)));
    const isGivenUp = letters.some((letter) => letter.id === id && letter.reason !== '');
    world.watch.check(isEvent || isGivenUp, 'a publication is neither an event nor a dead letter');
    if (endpoint === undefined) continue;
    const delivery = deliveryId(asTenantId(tenant), asEventId(id), endpoint.id);
    world.watch.check(
      world.table.deliveries.has(delivery) || isGivenUp,
      'a publication to one endpoint has no delivery',
    );
  }
}

/** A letter that cannot be sent, and a count whose answer is lost, count nothing twice. */
function countsNothingTwice({ kind, name }: Happened): boolean {
  if (name === 'sendDeadDelivery') return kind === 'rejects' || kind === 'repeats';
  return name === 'tallies.add' && kind === 'repeats';
}

/** A failure is counted once; one of a single delivery also when a process dies, or an answer is lost. */
function checkCounts(
  deliveries: readonly StoredDelivery[],
  { watch, tallies, calls }: SimulatedOutbound,
): void {
  const happened = calls.happened();
  const isExact = happened.every(countsNothingTwice);
  const hasStood = happened.some(({ kind }) => kind === 'stalls' || kind === 'outage');
  for (const { tenant, endpointId } of deliveries) {
    const its = deliveries.filter((other) => other.tenant === tenant && other.endpointId === endpointId);
    if (!isExact && (hasStood || its.length > 1)) continue;
    const rounds = its.reduce((sum, { round }) => sum + round, 0);
    const counted = tallies.counted.get(endpointHash({ tenant, endpointId })) ?? 0;
    watch.check(counted <= rounds, 'a failure was counted twice');
  }
}

function checkNotified(
  deliveries: readonly StoredDelivery[],
  { watch, operations }: SimulatedOutbound,
): void {
  const failed = deliveries.filter(({ status }) => status === 'failed');
  for (const delivery of failed) {
    const { endpointId, tenant } = delivery;
    const count = failed.filter((other) => other.endpointId === endpointId && other.tenant === tenant).length;
    watch.check(watch.notifiedOf(delivery) >= count, 'failed, and the operators were never notified');
  }
  for (const { endpoint, removedAt } of watch.history.lives) {
    if (removedAt !== undefined || endpoint.status === 'enabled') continue;
    const isTold = operations.some(
      ({ type, body }) => type === 'endpoint.disabled' && JSON.parse(body).endpointId === endpoint.id,
    );
    watch.check(isTold, 'an endpoint was disabled, and operators were never notified');
  }
}

/** Nothing that a queue or table holds got lost. */
function checkLetters({ watch, deadLetters, undelivered }: SimulatedOutbound): void {
  const ours = ['record-missing', 'payload-missing', 'payload-altered', 'malformed'];
  for (const text of [...deadLetters, ...undelivered]) {
    const { cause } = JSON.parse(text);
    watch.check(!ours.includes(cause), `a dead letter says ${cause}`);
  }
}

/** Without faults and people, a breaker is open once enough requests in a row found the endpoint down. */
function checkLimiters({ watch, limiter, settings, calls }: SimulatedOutbound): void {
  if (calls.faults() > 0 || watch.hasActed()) return;
  for (const [limiterKey, state] of limiter.limiter.entries()) {
    const { failures, openUntil, failingSince, failedAt } = state;
    watch.check(failures < settings.breakAfter || openUntil !== undefined, 'a breaker did not open');
    const { status, maxConcurrent, maxPerSecond } = watch.lifeOfLimiter(limiterKey)?.endpoint ?? {};
    // Without limits, a success of a request that began before the failure may be unknown: it gets 38 s more.
    const unseen = maxConcurrent === undefined && maxPerSecond === undefined ? 38_000 : 0;
    const hasFailed = (failedAt ?? 0) - (failingSince ?? 0) >= settings.disableAfter * 1000 + unseen;
    const isEnabled = status === 'enabled';
    watch.check(!hasFailed || !isEnabled, 'an endpoint that has failed for too long is not disabled');
  }
}
