import { endpointHash } from '../../../lambdas/domain/delivery-task.ts';
import { type OutboundEvent, outboundEventKey } from '../../../lambdas/domain/outbound-event.ts';
import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';
import { type Fault, isCrashPoint, isDisturbing } from './faults.ts';
import type { Request } from './promises.ts';
import { isWanted } from './publications.ts';
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
  for (const [name, end] of Object.entries(scenario.ends)) {
    const [endpoint = '', event] = name.split(' ');
    const found = deliveries.filter(
      ({ endpointId, eventId }) => endpointId === endpoint && (event === undefined || eventId === event),
    );
    const isRight = found.length === 1 || (found.length === 0 && isUnwanted(endpoint, world));
    watch.check(isRight || mayBeLost(found, faults), `${found.length} deliveries to ${endpoint}`);
    for (const delivery of found) {
      if (mayBeLost([delivery], faults)) continue;
      checkDelivery(delivery, world);
      checkEnd(delivery, end, faults, world);
      checkLetters(delivery, faults, calls, world);
    }
  }
  checkTold(deliveries, faults, calls, world);
  checkRounds(deliveries, scenario, faults, world);
  checkEndpoints(deliveries, faults, world);
  checkCount(faults, world);
  watch.check(watch.isSentInTime(), 'what was held was not sent in time after its endpoint was enabled');
  for (const event of events.events.values()) checkEvent(event, deliveries, world);
  const most = mostTasks(world, scenario, faults);
  watch.check(watch.counts.tasks <= most, 'more tasks than attempts, acts and faults call for');
}

/** A purge of the publish queue is meant to lose its messages, with what a publisher that died has made of them. */
const mayBeLost = (found: readonly StoredDelivery[], faults: readonly Fault[]): boolean =>
  found.every(isLeftBehind) && faults.some((fault) => 'purges' in fault && fault.purges === 'all');

/** No task of it was worked on, and no manifest has led the sweep to it. */
const isLeftBehind = ({ status, attempts, claims, sweeps }: StoredDelivery): boolean =>
  status === 'pending' && attempts === 0 && claims === 0 && sweeps === 0;

/** No event of a tenant is for this endpoint. */
const isUnwanted = (endpointId: string, { events, endpoints, payloads }: SimulatedWorld): boolean => {
  const endpoint = [...endpoints.endpoints.values()].find(({ id }) => id === endpointId);
  return (
    endpoint?.filter !== undefined &&
    events.events.values().every((event) => !isWanted(event, endpoint, { payloads }))
  );
};

const requestsTo = (delivery: StoredDelivery, { watch }: SimulatedWorld) =>
  watch.requests.filter((request) => watch.isOf(request, delivery));

function checkDelivery(delivery: StoredDelivery, world: SimulatedWorld): void {
  const { watch, settings } = world;
  const { status, dueAt, attempts, attemptLog, crashes } = delivery;
  const requests = requestsTo(delivery, world);
  const bodies = new Set(requests.map(({ body }) => body));
  const isOver = status === 'delivered' || status === 'failed' || status === 'discarded';
  watch.check(isOver, `ended ${status}`);
  watch.check(dueAt === undefined, 'over, and still in the due index');
  watch.check(status !== 'failed' || watch.isBuried(delivery), 'failed, and not on the DLQ with its reason');
  watch.check(status !== 'failed' || watch.isInTheRightQueue(delivery), 'a dead letter in the wrong queue');
  watch.check(bodies.size <= 1, 'requests of one delivery differ');
  watch.check(attemptLog.length >= attempts, 'attempts are missing from the log');
  watch.check(crashes <= settings.maxCrashes + 1, 'more crashes than allowed');
}

/** Only a process that dies, or cannot write its record, repeats a request; each fault at most one of a delivery. */
function checkEnd(delivery: StoredDelivery, end: End, faults: readonly Fault[], world: SimulatedWorld): void {
  const { watch } = world;
  const all = requestsTo(delivery, world);
  const requests = all.filter(({ isCut }) => !isCut).length;
  const disturbing = faults.filter(isDisturbing);
  const repeating = disturbing.filter((fault) => !('purges' in fault)).length + watch.counts.kills;
  const mayEndOtherwise = disturbing.length > 0 && end.orAfterFault?.includes(delivery.status) === true;
  watch.check(
    delivery.status === end.status || mayEndOtherwise,
    `ended ${delivery.status}, not ${end.status}`,
  );
  const cuts = end.cuts ?? 0;
  watch.check(
    all.length - requests <= cuts * (1 + repeating),
    'more requests were cut than have slow responses',
  );
  watch.check(requests <= end.requests + repeating, 'more requests than attempts and faults call for');
  // An attempt whose task was purged may come too late for an endpoint that goes away.
  const mayBeMissing = end.status === 'discarded' && faults.some((fault) => 'purges' in fault);
  const isExact = requests === end.requests || (mayBeMissing && requests < end.requests);
  watch.check(repeating > 0 || isExact, 'a request too many or too few');
  const { length: logged } = delivery.attemptLog;
  watch.check(repeating > 0 || logged === requests, 'a request that is not in the log');
  watch.check(repeating > 0 || (end.reason?.test(delivery.lastError ?? '') ?? true), 'another reason');
}

/** A fault of the count repeats no dead letter. */
function checkLetters(
  delivery: StoredDelivery,
  faults: readonly Fault[],
  calls: readonly string[],
  { watch }: SimulatedWorld,
): void {
  const isHarmless = (fault: Fault) =>
    !isDisturbing(fault) || (isCrashPoint(fault) && calls[fault.call] === 'tallies.add');
  const repeating = faults.filter((fault) => !isHarmless(fault)).length + watch.counts.kills;
  watch.check(watch.lettersFor(delivery) <= delivery.round + repeating, 'a dead letter was sent twice');
}

/** A letter that cannot be sent, and a count whose answer is lost, count nothing twice. */
function countsNothingTwice(fault: Fault, calls: readonly string[]): boolean {
  if (!isDisturbing(fault)) return true;
  if (!isCrashPoint(fault)) return false;
  const call = calls[fault.call];
  return (
    (fault.fault === 'rejects' && call === 'sendDeadDelivery') ||
    (fault.fault === 'repeats' && call === 'tallies.add')
  );
}

/** Operators are notified of every delivery that failed, by its endpoint; of each at least once, and it is counted once. */
function checkTold(
  deliveries: readonly StoredDelivery[],
  faults: readonly Fault[],
  calls: readonly string[],
  { watch, tallies }: SimulatedWorld,
): void {
  if (watch.counts.kills === 0 && faults.every((fault) => countsNothingTwice(fault, calls)))
    for (const delivery of deliveries) {
      const ofEndpoint = deliveries.filter(({ endpointId }) => endpointId === delivery.endpointId);
      const rounds = ofEndpoint.reduce((sum, { round }) => sum + round, 0);
      const counted = tallies.counted.get(endpointHash(delivery)) ?? 0;
      watch.check(counted <= rounds, 'a failure was counted twice');
    }
  const failed = deliveries.filter(({ status }) => status === 'failed');
  for (const delivery of failed) {
    const count = failed.filter(({ endpointId }) => endpointId === delivery.endpointId).length;
    watch.check(watch.notifiedOf(delivery) >= count, 'failed, and the operators were never notified');
  }
}

/** People who replay one delivery at once begin one round. A stalled one may come when that round is over, too. */
function checkRounds(
  deliveries: readonly StoredDelivery[],
  { acts = [] }: Scenario,
  faults: readonly Fault[],
  { watch }: SimulatedWorld,
): void {
  const begun = acts.filter(({ kind }) => kind === 'replay' || kind === 'recover').length;
  const stalled = faults.filter((fault) => 'stallMs' in fault).length;
  const most = 1 + begun + stalled;
  watch.check(
    deliveries.every(({ round }) => round <= most),
    'more rounds than people began',
  );
}

/** How long a worker that knows an endpoint as enabled may take to its request. */
const toRequestMs = 5_000;

/** A disabled endpoint gets no request, and an endpoint no event that its filter leaves out. */
function checkEndpoints(
  deliveries: readonly StoredDelivery[],
  faults: readonly Fault[],
  { watch, events, endpoints, payloads }: SimulatedWorld,
): void {
  const isDelayed = faults.some((fault) => 'stallMs' in fault || 'outageMs' in fault);
  watch.check(
    isDelayed || watch.requests.every(({ disabledForMs = 0 }) => disabledForMs <= toRequestMs),
    'a request to a disabled endpoint',
  );
  watch.check(
    faults.some(isDisturbing) || watch.requests.every(({ isUnwelcome }) => !isUnwelcome),
    'a request after a 410',
  );
  const isOfDelivery = (request: Request) => deliveries.some((delivery) => watch.isOf(request, delivery));
  watch.check(watch.requests.every(isOfDelivery), 'a request with another webhook-id');
  for (const { tenant, endpointId, eventId } of deliveries) {
    const event = events.events.get(outboundEventKey(tenant, eventId));
    const endpoint = endpoints.endpoints.get(`${tenant}/${endpointId}`);
    const isFiltered = event?.isWide && endpoint?.filter !== undefined;
    watch.check(!isFiltered || isWanted(event, endpoint, { payloads }), 'an event for another endpoint');
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

/** Endpoints are counted; a count may miss what a fault interrupted. */
function checkCount(faults: readonly Fault[], { watch, endpoints, knownEndpoints }: SimulatedWorld): void {
  const known = knownEndpoints();
  const error = Math.abs((known ?? 0) - endpoints.endpoints.size);
  watch.check(known === undefined || error <= faults.length, 'endpoints were counted wrongly');
}

/** The allowed requests: one for each publication, retry and act, and for each fault and crash what it causes to be sent again. */
function mostTasks({ watch }: SimulatedWorld, scenario: Scenario, faults: readonly Fault[]): number {
  const { publications, changes = [], acts = [], ends } = scenario;
  const published = [...publications, ...changes.filter(({ kind }) => kind === 'publish')].length;
  const deliveries = Math.max(published, Object.keys(ends).length);
  const retriedByHand = changes.filter(({ kind }) => kind === 'retry').length;
  const byAct = acts.reduce((sum, { kind }) => sum + (kind === 'recover' ? deliveries : 1), retriedByHand);
  // After an outage the success that could not be written follows, and what the sweep missed meanwhile.
  const healing = faults
    .filter(isDisturbing)
    .reduce((sum, fault) => sum + ('outageMs' in fault ? 3 : 1), watch.counts.kills);
  const { retries, deferrals, releases, endWait } = watch.counts;
  return deliveries + retries + deferrals + releases + endWait + byAct + deliveries * healing;
}
