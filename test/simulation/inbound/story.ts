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
const attempts = 5;
/** Two attempts, which an event whose handler always fails uses up while a worker stands still. */
const short: readonly number[] = [61];

/** What the handler of one event does: it fails so many times first, and then does the rest. */
export interface Plan {
  readonly id: string;
  readonly fails: number;
  readonly last: 'succeeds' | 'succeeds slowly' | 'fails for good' | 'kills' | 'hangs' | 'fails';
  /** Sent again, or replayed, when all is over; or sent again when its record has expired. */
  readonly again?: 'redelivered' | 'replayed' | 'both' | 'expired';
  /** What it does from then on. */
  readonly later: 'succeeds' | 'fails for good';
  /** How many people replay it at once. */
  readonly people: number;
  readonly copies: number;
  /** Seconds after the others. */
  readonly after: number;
}

/** A story with its faults, which say the nth call of a run without faults. */
export interface InboundStory {
  readonly scenario: Scenario;
  readonly plans: readonly Plan[];
  readonly mostFaults: number;
  /** All faults are workers that stand still. */
  readonly isStalling: boolean;
}

/** Draws a story whose ends do not depend on its faults: each event has attempts to spare for all of them. */
export function drawInbound(story: Draws): InboundStory {
  const mostFaults = pick(story, [0, 1, 2]);
  const killers = chance(story, 40) ? pick(story, [1, 2]) : 0;
  const isStalling = chance(story, 20);
  if (isStalling && killers === 0 && chance(story, 30)) return drawShort(story, mostFaults);
  const rules = { spare: attempts - 1 - mostFaults - Math.max(1, killers), mayBeSlow: killers > 0 };
  const plan = (index: number): Plan => drawPlan(story, index, { ...rules, mayKill: index < killers });
  const plans = [plan(0), ...several(story, 3, killers > 0 ? 80 : 55, (index) => plan(index + 1))];
  const others = [
    ...several(story, 1, 25, () => 'evt_ignored'),
    ...several(story, 1, 10, () => 'evt_ignored_large'),
    ...several(story, 1, 10, () => 'not JSON'),
  ];
  const delays = pick(story, schedules);
  return {
    scenario: scenarioOf(story, plans, others, { isStalling, delays }),
    plans,
    mostFaults,
    isStalling,
  };
}

/** Events that end as failed after two attempts, in less time than a worker may stand still. */
function drawShort(story: Draws, mostFaults: number): InboundStory {
  const failing = (index: number): Plan => ({
    ...drawPlan(story, index, { spare: 0, mayKill: false, mayBeSlow: false }),
    ...{ fails: 0, last: 'fails', again: undefined, copies: 1 },
  });
  const plans = [failing(0), ...several(story, 2, 40, (index) => failing(index + 1))];
  const scenario = scenarioOf(story, plans, [], { isStalling: true, delays: short });
  return { scenario, plans, mostFaults, isStalling: true };
}

interface PlanRules {
  /** Failures that an event may have, and still succeed. */
  readonly spare: number;
  readonly mayKill: boolean;
  readonly mayBeSlow: boolean;
}

function drawPlan(story: Draws, index: number, { spare, mayKill, mayBeSlow }: PlanRules): Plan {
  const ends = mayKill
    ? (['kills', 'succeeds', 'hangs'] as const)
    : (['succeeds', 'succeeds', 'succeeds', 'fails for good', 'fails'] as const);
  const drawn = pick<Plan['last']>(story, ends);
  const isOver = drawn === 'fails for good' || drawn === 'fails';
  const last = drawn === 'succeeds' && mayBeSlow && chance(story, 30) ? 'succeeds slowly' : drawn;
  return {
    id: `evt_${index}${pick(story, ['', '', '', '', '', '', '_large', '_huge'])}`,
    fails: last === 'fails' ? 0 : story.below(spare + 1),
    last,
    again: pick(
      story,
      isOver
        ? ['replayed', 'redelivered', 'both', undefined]
        : last === 'succeeds'
          ? [undefined, 'redelivered', 'replayed', 'expired']
          : [undefined],
    ),
    later: pick(story, ['succeeds', 'succeeds', 'fails for good']),
    people: pick(story, [1, 1, 2]),
    // Another copy of an event that failed is a redelivery, which begins once more.
    copies: last === 'succeeds' ? pick(story, [1, 1, 2, 3]) : 1,
    // At 70 s, and at 140 s, the message of a killer comes back: one batch has both.
    after: mayBeSlow ? pick(story, [0, 0, 70, 30, 140]) : 0,
  };
}

function scenarioOf(
  story: Draws,
  plans: readonly Plan[],
  others: readonly string[],
  { isStalling, delays }: { readonly isStalling: boolean; readonly delays: readonly number[] },
): Scenario {
  const lasting = plans.filter(({ last }) => last === 'succeeds');
  const sendLate = several(story, lasting.length === 0 ? 0 : 2, 25, () => ({
    id: lasting[story.below(lasting.length)]?.id ?? 'evt_0',
    after: pick(story, [30, 200, 600]),
  }));
  const atOnce = plans.filter(({ after }) => after === 0);
  const late = plans.filter(({ after }) => after > 0);
  const first: Phase = {
    send: [...atOnce.flatMap(({ id, copies }) => Array<string>(copies).fill(id)), ...others],
    sendLate: [
      ...sendLate,
      ...late.flatMap(({ id, copies, after }) => Array.from({ length: copies }, () => ({ id, after }))),
    ],
    days: plans.some(({ again }) => again === 'expired') ? pick(story, [36]) : 1,
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
    handlerRetryDelays: [...delays],
    batchSize: pick(story, [10, 1, 2, 3]),
    concurrency: (isStalling ? 2 : 1) + story.below(2),
    stallMs: pick(story, [100_000, 100_000, 20_000, 200_000]),
  };
}

const phaseOf = ({ id, again, people }: Plan): Phase => ({
  ...((again === 'replayed' || again === 'both') && { replay: id, people }),
  ...(again !== 'replayed' && { send: [id] }),
});

function doingOf(plan: Plan | undefined, { earlier, phase }: HandlerRun): Doing {
  if (plan === undefined) return 'succeeds';
  if (phase > 0) return plan.last === 'succeeds' ? 'succeeds' : plan.later;
  return earlier < plan.fails ? 'fails' : plan.last;
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

function endOf({ last, again, later }: Plan): End {
  if (last === 'succeeds' || last === 'succeeds slowly') return 'processed';
  if (again === undefined) return 'failed';
  return later === 'succeeds' ? 'processed' : 'failed';
}
