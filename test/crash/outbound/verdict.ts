import { endpointHash } from '../../../lambdas/domain/delivery-task.ts';
import { type OutboundEvent, outboundEventKey } from '../../../lambdas/domain/outbound-event.ts';
import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';
import { type Fault, isCrashPoint } from './faults.ts';
import type { End, Scenario } from './scenario.ts';
import type { SimulatedWorld } from './world.ts';

/** Judges a run after its end. */
export function checkTheEnd(
  world: SimulatedWorld,
  scenario: Scenario,
  faults: readonly Fault[],
  calls: readonly string[],
): void {
  const { table, events, watch } = world;
  const deliveries = [...table.deliveries.values()];
  for (const [endpoint, end] of Object.entries(scenario.ends)) {
    const found = deliveries.filter(({ endpointId }) => endpointId === endpoint);
    watch.check(found.length === 1 || mayBeLost(found, faults), `${found.length} deliveries to ${endpoint}`);
    for (const delivery of found) {
      checkDelivery(delivery, world);
      checkEnd(delivery, end, faults, world);
      checkLetters(delivery, faults, calls, world);
    }
  }
  checkTold(deliveries, faults, calls, world);
  for (const event of events.events.values()) checkEvent(event, deliveries, world);
  const most = mostTasks(world, scenario, faults);
  watch.check(watch.counts.tasks <= most, 'more tasks than attempts, acts and faults call for');
}

/** A purge of the publish queue is meant to lose its messages. */
const mayBeLost = (found: readonly StoredDelivery[], faults: readonly Fault[]): boolean =>
  found.length === 0 && faults.some((fault) => 'purges' in fault && fault.purges === 'all');

const requestsTo = ({ endpointId }: StoredDelivery, { watch }: SimulatedWorld) =>
  watch.requests.filter(({ endpoint }) => endpoint === endpointId);

function checkDelivery(delivery: StoredDelivery, world: SimulatedWorld): void {
  const { watch, settings } = world;
  const { status, dueAt, attempts, attemptLog, crashes, eventId } = delivery;
  const requests = requestsTo(delivery, world);
  const bodies = new Set(requests.map(({ body }) => body));
  const isOver = status === 'delivered' || status === 'failed' || status === 'discarded';
  watch.check(isOver, `ended ${status}`);
  watch.check(dueAt === undefined, 'over, and still in the due index');
  watch.check(status !== 'failed' || watch.isBuried(delivery), 'failed, and not on the DLQ with its reason');
  watch.check(status !== 'failed' || watch.isInTheRightQueue(delivery), 'a dead letter in the wrong queue');
  watch.check(
    requests.every(({ webhookId }) => webhookId === eventId),
    'a request with another webhook-id',
  );
  watch.check(bodies.size <= 1, 'requests of one delivery differ');
  watch.check(attemptLog.length >= attempts, 'attempts are missing from the log');
  watch.check(crashes <= settings.maxCrashes + 1, 'more crashes than allowed');
}

/** Only a process that dies, or cannot write its record, repeats a request; each fault at most one of a delivery. */
function checkEnd(delivery: StoredDelivery, end: End, faults: readonly Fault[], world: SimulatedWorld): void {
  const { watch } = world;
  const requests = requestsTo(delivery, world).length;
  const repeating = faults.filter((fault) => !('purges' in fault)).length + watch.counts.kills;
  watch.check(delivery.status === end.status, `ended ${delivery.status}, not ${end.status}`);
  watch.check(requests <= end.requests + repeating, 'more requests than attempts and faults call for');
  // An attempt whose task was purged may come too late for an endpoint that goes away.
  const mayBeMissing = end.status === 'discarded' && faults.some((fault) => 'purges' in fault);
  const isExact = requests === end.requests || (mayBeMissing && requests < end.requests);
  watch.check(repeating > 0 || isExact, 'a request too many or too few');
  watch.check(repeating > 0 || (end.reason?.test(delivery.lastError ?? '') ?? true), 'another reason');
}

/** A fault of the count repeats no dead letter. */
function checkLetters(
  delivery: StoredDelivery,
  faults: readonly Fault[],
  calls: readonly string[],
  { watch }: SimulatedWorld,
): void {
  const isHarmless = (fault: Fault) => isCrashPoint(fault) && calls[fault.call] === 'tallies.add';
  const repeating = faults.filter((fault) => !isHarmless(fault)).length + watch.counts.kills;
  watch.check(watch.lettersFor(delivery) <= delivery.round + repeating, 'a dead letter was sent twice');
}

/** A letter that cannot be sent, and a count whose answer is lost, count nothing twice. */
const countsNothingTwice = (fault: Fault, calls: readonly string[]): boolean =>
  isCrashPoint(fault) &&
  ((fault.fault === 'rejects' && calls[fault.call] === 'sendDeadDelivery') ||
    (fault.fault === 'repeats' && calls[fault.call] === 'tallies.add'));

/** Operators are notified of every delivery that failed, by its endpoint; of each at least once, and it is counted once. */
function checkTold(
  deliveries: readonly StoredDelivery[],
  faults: readonly Fault[],
  calls: readonly string[],
  { watch, tallies }: SimulatedWorld,
): void {
  if (watch.counts.kills === 0 && faults.every((fault) => countsNothingTwice(fault, calls)))
    for (const delivery of deliveries)
      watch.check(
        (tallies.counted.get(endpointHash(delivery)) ?? 0) <= delivery.round,
        'a failure was counted twice',
      );
  const failed = deliveries.filter(({ status }) => status === 'failed');
  for (const delivery of failed) {
    const count = failed.filter(({ endpointId }) => endpointId === delivery.endpointId).length;
    watch.check(watch.notifiedOf(delivery) >= count, 'failed, and the operators were never notified');
  }
}

function checkEvent(
  event: OutboundEvent,
  deliveries: readonly StoredDelivery[],
  { watch }: SimulatedWorld,
): void {
  const its = deliveries.filter(({ tenant, eventId }) => outboundEventKey(tenant, eventId) === event.id);
  const goesFirst = its.some(({ expiresAt = 0 }) => event.expiresAt < expiresAt);
  watch.check(!goesFirst, 'an event goes before its delivery');
}

/** The allowed requests: one for each publication, retry and act, and for each fault and crash what it causes to be sent again. */
function mostTasks({ watch }: SimulatedWorld, scenario: Scenario, faults: readonly Fault[]): number {
  const { length } = scenario.publications;
  const retriedByHand = scenario.changes?.filter(({ kind }) => kind === 'retry').length ?? 0;
  const acts = (scenario.acts?.length ?? 0) + retriedByHand;
  // After an outage the success that could not be written follows, and what the sweep missed meanwhile.
  const healing = faults.reduce((sum, fault) => sum + ('outageMs' in fault ? 3 : 1), watch.counts.kills);
  const { retries, deferrals, releases, endWait } = watch.counts;
  const deliveries = Math.max(length, Object.keys(scenario.ends).length);
  return deliveries + retries + deferrals + releases + endWait + acts + deliveries * healing;
}
