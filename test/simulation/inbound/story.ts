import type { Doing, End, HandlerRun, Phase, Scenario } from '../../crash/inbound/scenario.ts';
import { chance, type Draws, pick, several } from '../draws.ts';

/** Five attempts, as with the crash suite's usual delays. */
const schedules: readonly [readonly number[], ...(readonly number[])[]] = [
  [5, 120, 1_000, 60],
  [5, 5, 5, 5],
  [120, 120, 120, 120],
  [61, 61, 61, 61],
  [1_700, 120, 120, 120],
];

/** What the handler of one event does: it fails so many times first, and then does the rest. */
interface Plan {
  readonly id: string;
  readonly fails: number;
  readonly then: 'succeeds' | 'fails for good' | 'kills' | 'hangs' | 'fails';
  /** Sent again, or replayed, when all is over. */
  readonly again?: 'redelivered' | 'replayed' | 'both';
  /** What it does from then on. */
  readonly later: 'succeeds' | 'fails for good';
  readonly copies: number;
}

/** A story with its faults, which say the nth call of a run without faults. */
export interface InboundStory {
  readonly scenario: Scenario;
  readonly mostFaults: number;
}

/** Draws a story whose ends do not depend on its faults: each event has attempts to spare for all of them. */
export function drawInbound(story: Draws): InboundStory {
  const mostFaults = pick(story, [0, 1, 2]);
  const mayKill = chance(story, 35);
  const first = drawPlan(story, 0, mostFaults, mayKill);
  const plans = [first, ...several(story, 3, 55, (index) => drawPlan(story, index + 1, mostFaults, false))];
  const others = [
    ...several(story, 1, 15, () => 'evt_ignored'),
    ...several(story, 1, 10, () => 'evt_ignored_large'),
    ...several(story, 1, 10, () => 'not JSON'),
  ];
  return { scenario: scenarioOf(story, plans, others), mostFaults };
}

function drawPlan(story: Draws, index: number, mostFaults: number, mayKill: boolean): Plan {
  const spare = 4 - mostFaults - 1;
  const ends = mayKill
    ? (['kills', 'succeeds', 'hangs'] as const)
    : (['succeeds', 'succeeds', 'succeeds', 'fails for good', 'fails'] as const);
  const then = pick<Plan['then']>(story, ends);
  const isOver = then === 'fails for good' || then === 'fails';
  return {
    id: `evt_${index}${chance(story, 15) ? '_large' : ''}`,
    fails: then === 'fails' ? 0 : story.below(spare + 1),
    then,
    again: pick(story, isOver ? ['replayed', 'redelivered', 'both', undefined] : [undefined, 'redelivered']),
    later: pick(story, ['succeeds', 'succeeds', 'fails for good']),
    // Another copy of an event that failed is a redelivery, which begins once more.
    copies: then === 'succeeds' ? pick(story, [1, 1, 2, 3]) : 1,
  };
}

function scenarioOf(story: Draws, plans: readonly Plan[], others: readonly string[]): Scenario {
  const delays = [...pick(story, schedules)];
  const lasting = plans.filter(({ then }) => then === 'succeeds');
  const sendLate = several(story, lasting.length === 0 ? 0 : 2, 25, () => ({
    id: lasting[story.below(lasting.length)]?.id ?? 'evt_0',
    after: pick(story, [30, 200, 600]),
  }));
  const first: Phase = {
    send: [...plans.flatMap(({ id, copies }) => Array<string>(copies).fill(id)), ...others],
    sendLate,
  };
  const again = plans.filter((plan) => plan.again !== undefined).map(phaseOf);
  return {
    name: 'a drawn story',
    phases: [first, ...again],
    handler: (run) =>
      doingOf(
        plans.find(({ id }) => id === run.id),
        run,
      ),
    ends: endsOf(plans, others, first),
    runs: {},
    handlerRetryDelays: delays,
    batchSize: pick(story, [10, 1, 2, 3]),
    concurrency: 1 + story.below(2),
  };
}

const phaseOf = ({ id, again }: Plan): Phase => ({
  ...(again !== 'redelivered' && { replay: id }),
  ...(again !== 'replayed' && { send: [id] }),
});

function doingOf(plan: Plan | undefined, { earlier, phase }: HandlerRun): Doing {
  if (plan === undefined) return 'succeeds';
  if (phase > 0) return plan.later;
  return earlier < plan.fails ? 'fails' : plan.then;
}

function endsOf(
  plans: readonly Plan[],
  others: readonly string[],
  { send = [] }: Phase,
): Record<string, End> {
  const ends: Record<string, End> = {};
  for (const plan of plans) ends[plan.id] = endOf(plan);
  for (const id of others) {
    if (id.startsWith('evt_')) ends[id] = 'ignored';
    else ends[`message-${send.indexOf(id) + 1}`] = 'unusable';
  }
  return ends;
}

function endOf({ then, again, later }: Plan): End {
  if (then === 'succeeds') return 'processed';
  if (again === undefined) return 'failed';
  return later === 'succeeds' ? 'processed' : 'failed';
}
