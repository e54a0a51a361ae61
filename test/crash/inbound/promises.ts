import type { EventRecord } from '../../../lambdas/domain/idempotency.ts';
import { readStoredText } from '../../../lambdas/domain/stored-text.ts';
import type { CrashPoint } from '../crash-script.ts';
import type { Explored } from '../explore.ts';
import { crashWorld, maxRunsOf, type WorldOptions } from './crash-world.ts';
import { livesIn, type Observed } from './observed.ts';
import type { End, Scenario } from './scenario.ts';

/** Finds what else was broken. @param calls the names of the calls that were made */
export type Judge = (observed: Observed, calls: readonly string[]) => readonly string[];

/** Plays a scenario with faults, and returns the promises that were broken. */
export async function playScenario(
  scenario: Scenario,
  points: readonly CrashPoint[],
  { judge, ...options }: WorldOptions & { readonly judge?: Judge } = {},
): Promise<Explored> {
  const world = crashWorld(scenario, points, options);
  try {
    const observed = await world.play();
    const violations = [
      ...brokenPromises(scenario, observed, points),
      ...(judge?.(observed, world.history.calls) ?? []),
    ];
    return { ...world.history, violations: violations.map((text) => `${scenario.name}: ${text}`) };
  } catch (error) {
    return { ...world.history, violations: [`${scenario.name}: ${error}`] };
  }
}

/** Describes every promise that was broken. */
function brokenPromises(scenario: Scenario, observed: Observed, points: readonly CrashPoint[]): string[] {
  const { ends } = scenario;
  const isStalled = points.some(({ fault }) => fault === 'stalls');
  return [
    ...(observed.left > 0 ? [`${observed.left} messages are left on the queue`] : []),
    ...Object.entries(ends).flatMap(([id, end]) => wrongEnd(id, end, observed)),
    ...Object.keys(ends).flatMap((id) => wrongSuccesses(id, observed)),
    ...(scenario.target === undefined
      ? []
      : Object.keys(ends).flatMap((id) => wronglyTaken(id, scenario, observed))),
    ...unexplainedDeadLetters(ends, observed),
    ...unexplainedRuns(scenario, observed, points.length),
    ...earlyRuns(observed),
    ...wrongWaits(scenario, observed, points.length),
    ...observed.notOurs.map((id) => `an outcome of ${id} counts as recorded, and is not`),
    ...observed.deadLetters
      .filter(({ message }) => message.includes('"notBefore":'))
      .map(({ id }) => `the dead letter of ${id} has a wait`),
    ...observed.wrongMessages,
    ...(isStalled ? [] : simultaneousRuns(observed)),
  ];
}

/** An event that did not end as it must, or ended without a visible reason. */
function wrongEnd(id: string, end: End, observed: Observed): string[] {
  const key = end === 'unusable' ? id : `stripe#${id}`;
  const hasReason = observed.deadLetters.some((letter) => letter.id === key && letter.reason !== '');
  switch (end) {
    case 'moved':
      return observed.moved.length > 0 ? [] : [`${id} is not in the DLQ`];
    case 'unusable':
      return hasReason ? [] : [`${id} is not in the DLQ`];
    case 'failed':
      return [
        ...wrongStatus(id, end, observed),
        ...(hasReason ? [] : [`${id} failed without a dead letter that says why`]),
        ...lostBody(id, observed),
      ];
    case 'ignored':
      return [...wrongStatus(id, end, observed), ...lostBody(id, observed)];
    case 'processed':
      return wrongStatus(id, end, observed);
  }
}

function wrongStatus(id: string, end: End, { records }: Observed): string[] {
  const status = records.get(`stripe#${id}`)?.status;
  return status === end ? [] : [`${id} ended ${status}, not ${end}`];
}

function lostBody(id: string, { records, bodies }: Observed): string[] {
  const record = records.get(`stripe#${id}`);
  const kept = record?.keptMessage && readStoredText(record.keptMessage);
  const isKept = kept?.includes(id) || bodies.has(record?.keptBody ?? '');
  return isKept ? [] : [`the body of ${id} is not kept`];
}

/** A success is recorded once until the record expires, is never overwritten, and follows a run that succeeded. */
function wrongSuccesses(id: string, { journal, runs }: Observed): string[] {
  const writes = journal.filter((record) => record.id === `stripe#${id}`);
  const begun = writes.flatMap(({ isNew }, at) => (isNew ? [at] : []));
  const lives = begun.map((at, nth) => writes.slice(at, begun[nth + 1]));
  if (writes.every(({ status }) => status !== 'processed')) return [];
  return [
    ...lives.flatMap((life) => wrongSuccessesIn(id, life)),
    ...(runs.some((run) => run.id === id && run.end === 'succeeded')
      ? []
      : [`${id} is processed, but no run succeeded`]),
  ];
}

function wrongSuccessesIn(id: string, writes: readonly EventRecord[]): string[] {
  const first = writes.findIndex(({ status }) => status === 'processed');
  const later = first === -1 ? [] : writes.slice(first + 1).map(({ status }) => status);
  return [
    ...(later.includes('processed') ? [`two successes of ${id} are recorded`] : []),
    ...(later.some((status) => status !== 'processed') ? [`${id} went on after its success`] : []),
  ];
}

/** A processed event was taken at least once, each time with the same bytes under the same name; an execution runs once. */
function wronglyTaken(id: string, { ends, target }: Scenario, { taken }: Observed): string[] {
  const own = taken.filter((copy) => JSON.stringify(copy.text).includes(id));
  const [first] = own;
  return [
    ...(ends[id] === 'processed' && first === undefined ? [`the target has not got ${id}`] : []),
    ...(own.some(({ recognisedBy, text }) => recognisedBy !== first?.recognisedBy || text !== first.text)
      ? [`the target cannot recognise a repeat of ${id}`]
      : []),
    ...(target === 'stateMachine' && own.length > 1
      ? [`${own.length} executions of ${id} were started`]
      : []),
  ];
}

/** The DLQ has failed events only, those moved by SQS included. */
function unexplainedDeadLetters(ends: Scenario['ends'], { deadLetters, moved, journal }: Observed): string[] {
  const hasFailed = (key: string) => journal.some(({ id, status }) => id === key && status === 'failed');
  const isExpected = (key: string) => ends[key] === 'unusable' || hasFailed(key);
  const expectsMoved = Object.values(ends).includes('moved');
  return [
    ...deadLetters
      .filter(({ id }) => !isExpected(id))
      .map(({ id }) => `${id} is in the DLQ, but did not fail`),
    ...(expectsMoved ? [] : moved.map((text) => `SQS moved a message to the DLQ: ${text.slice(0, 60)}`)),
  ];
}

/** A handler runs once for each claim, within the limit, and no more often than the faults explain. */
function unexplainedRuns(scenario: Scenario, { runs }: Observed, faults: number): string[] {
  const maxRuns = maxRunsOf(scenario);
  const attempts = runs.map(
    ({ id, life, attempt, phase }) => `${id}, attempt ${attempt} of ${life}/${phase}`,
  );
  const twice = attempts.filter((attempt, index) => attempts.indexOf(attempt) !== index);
  const counts = Object.entries(scenario.runs).map(([id, count]) => {
    const actual = runs.filter((run) => run.id === id).length;
    const isExplained = faults === 0 ? actual === count : actual <= count + faults;
    return isExplained ? [] : [`the handler of ${id} ran ${actual} times, not ${count}`];
  });
  return [
    ...twice.map((attempt) => `${attempt} ran twice`),
    ...runs.filter(({ attempt }) => attempt > maxRuns).map(({ id }) => `${id} ran after its last attempt`),
    ...counts.flat(),
  ];
}

const simultaneousRuns = ({ overlaps }: Observed): string[] =>
  overlaps.map((id) => `two handlers of ${id} ran at once`);

/** No attempt begins before it is due. */
function earlyRuns({ journal, runs }: Observed): string[] {
  const lifeOf = (record: EventRecord, index: number) => livesIn(journal.slice(0, index), record.id);
  const waits = journal
    .map((record, index) => ({ record, life: lifeOf(record, index) }))
    .filter(({ record }) => record.status === 'retrying');
  return runs
    .filter((run) =>
      waits.some(
        ({ record: { id, attempts, dueAt = 0 }, life }) =>
          id === `stripe#${run.id}` &&
          life === run.life &&
          attempts === run.attempt - 1 &&
          run.beganAt < dueAt,
      ),
    )
    .map(({ id, attempt }) => `attempt ${attempt} of ${id} ran before its time`);
}

/** The longest wait in flight, of a message that could not be sent back. In seconds. */
const longestReturn = 300;
/** A lost response leaves another message, which waits once, in two hops, and is then superseded. */
const copiesOfFault = 2;

/** No message waits long in flight, and copies do not multiply. */
function wrongWaits({ sentBack, claims }: Scenario, observed: Observed, faults: number): string[] {
  const isWrong = (actual: number, expected = actual) =>
    faults === 0 ? actual !== expected : actual > expected + faults * copiesOfFault;
  return [
    ...(observed.longestReturn > longestReturn
      ? [`a message waited in flight for ${observed.longestReturn} s`]
      : []),
    ...(isWrong(observed.sentBack, sentBack)
      ? [`${observed.sentBack} messages were sent back, not ${sentBack}`]
      : []),
    ...(faults === 0 && observed.claims !== (claims ?? observed.claims)
      ? [`a claim was asked for ${observed.claims} times, not ${claims}`]
      : []),
  ];
}
