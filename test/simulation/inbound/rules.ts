import type { CrashPoint } from '../../crash/crash-script.ts';
import { type BegunRun, functionTimeoutMs, type Observed } from '../../crash/inbound/observed.ts';
import type { Scenario } from '../../crash/inbound/scenario.ts';
import type { InboundStory, Plan } from './story.ts';

/** What went wrong in a run, and its calls. */
interface Went {
  readonly points: readonly CrashPoint[];
  readonly calls: readonly string[];
  readonly hasRival: boolean;
}

/** Finds what a run of a drawn story broke, beside the promises of every scenario. */
export function brokenByRun({ scenario, plans }: InboundStory, observed: Observed, went: Went): string[] {
  const { undeleted, wrongReplays } = observed;
  const { points, hasRival } = went;
  const isCalm = points.length === 0 && !hasRival;
  return [
    // While a worker stands still before its handler, another one may have claimed the event.
    ...(points.some(({ fault }) => fault === 'stalls') ? [] : wrongSuspects(observed)),
    ...wrongReplays.map((id) => `${id} was replayed, although it must not be`),
    ...(isCalm ? undeleted.map((id) => `${id} is done, and its message can come back with a suspect`) : []),
    ...unrepeated(plans, observed),
    ...observed.deletedUnowned.map((id) => `${id} was deleted by a worker that had lost its claim`),
    ...wrongStatuses(observed, points, isOnce(scenario, plans) && areAnswersLost(went)),
    ...(isCalm ? wrongCounts(scenario, plans, observed) : []),
  ];
}

/** A suspect runs last and alone, and only if at least half of the time is left. */
function wrongSuspects({ runs, startedAt }: Observed): string[] {
  const suspects = runs.filter(({ isSuspect }) => isSuspect);
  const isLate = ({ invocation, beganAt }: BegunRun): boolean =>
    beganAt - (startedAt.get(invocation) ?? 0) >= functionTimeoutMs / 2;
  return suspects.flatMap((run) => [
    ...(run.beside.length > 0 ? [`${run.id} may have killed its worker, and runs beside its batch`] : []),
    ...(isLate(run) ? [`${run.id} may have killed its worker, and began late`] : []),
  ]);
}

/** An event whose record has expired is a new one. */
const unrepeated = (plans: readonly Plan[], { runs }: Observed): string[] =>
  plans
    .filter(({ again }) => again === 'expired')
    .filter((plan) => !runs.some(({ id, phase }) => id === plan.id && phase > 0))
    .map(({ id }) => `${id} came again after its record had expired, and did not run`);

/** Whether the answers of some requests to the table are lost, and nothing else goes wrong. */
const areAnswersLost = ({ points, calls, hasRival }: Went): boolean =>
  !hasRival &&
  points.every(
    ({ fault, call }) => fault === 'repeats' && calls[call]?.startsWith('inboundEvents.') === true,
  );

/** A lost answer to a write takes nothing from its worker. */
function wrongStatuses({ statuses }: Observed, points: readonly CrashPoint[], areAlone: boolean): string[] {
  const mustNot = [
    ...(points.every(({ fault }) => fault === 'repeats' || fault === 'rejects') ? ['lost-claim'] : []),
    ...(areAlone ? ['busy'] : []),
  ];
  return mustNot
    .filter((status) => statuses.has(status))
    .map((status) => `a message ended as ${status}, although no worker stood still or died`);
}

/** Whether each event has one message at a time, and kills no worker. */
function isOnce({ phases }: Scenario, plans: readonly Plan[]): boolean {
  const isPlain = phases.every(({ sendLate = [], people = 1 }) => sendLate.length === 0 && people === 1);
  const comesOnce = plans.every(
    ({ copies, last, again }) => copies === 1 && last !== 'kills' && last !== 'hangs' && again !== 'both',
  );
  return isPlain && comesOnce;
}

/** Without a fault, an event that comes once is claimed once for each attempt, and sent back once for each part of a wait. */
function wrongCounts(scenario: Scenario, plans: readonly Plan[], observed: Observed): string[] {
  const { ends, handlerRetryDelays: delays = [] } = scenario;
  if (!isOnce(scenario, plans)) return [];
  const ignored = Object.values(ends).filter((end) => end === 'ignored').length;
  const hasExpired = plans.some(({ again }) => again === 'expired');
  const repeated = plans.filter(({ last, again }) => last === 'succeeds' && again === 'redelivered').length;
  const claims = observed.runs.length + ignored + (hasExpired ? 0 : repeated);
  const sentBack = plans.reduce((sum, plan) => sum + partsOf(plan, delays), 0);
  return [
    ...(observed.claims === claims ? [] : [`a claim was asked for ${observed.claims} times, not ${claims}`]),
    ...(observed.sentBack === sentBack
      ? []
      : [`${observed.sentBack} messages were sent back, not ${sentBack}`]),
  ];
}

/** In how many parts the waits of an event are spent on the queue; SQS delays for a quarter of an hour at most. */
function partsOf({ fails, last }: Plan, delays: readonly number[]): number {
  const waits = last === 'fails' ? delays : delays.slice(0, fails);
  return waits.reduce((sum, delay) => sum + Math.ceil(Math.max(0, delay - 60) / 900), 0);
}
