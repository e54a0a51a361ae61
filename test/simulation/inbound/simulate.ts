import type { CrashPoint } from '../../crash/crash-script.ts';
import { maxRunsOf } from '../../crash/inbound/crash-world.ts';
import { playScenario } from '../../crash/inbound/promises.ts';
import type { Variant } from '../../crash/inbound/scenario.ts';
import type { ChoiceSources, Draws } from '../draws.ts';
import { chance, pick } from '../draws.ts';
import type { Played } from '../played.ts';
import type { TraceLine } from '../trace.ts';
import { brokenByRecord } from './record-steps.ts';
import { drawRival, type Rival, withRival } from './rival.ts';
import { brokenByRun } from './rules.ts';
import { drawInbound, type InboundStory } from './story.ts';

/** What a run can be changed by. */
export interface InboundOptions {
  readonly variant?: Variant;
  readonly isTraced?: boolean;
}

/**
 * Plays one run of the inbound flow: a story without a fault, and then once more with faults at some of its calls.
 *
 * The end of each event is known beforehand, because each has attempts to spare for the faults.
 */
export async function playInbound(
  { story, order }: ChoiceSources,
  { variant, isTraced = false }: InboundOptions = {},
): Promise<Played> {
  const drawn = drawInbound(story);
  const play = async (points: readonly CrashPoint[], rival?: Rival) => {
    const broken = new Set<string>();
    const run = await playScenario(drawn.scenario, points, {
      seed: order.below,
      variant: rival === undefined ? variant : withRival(rival, variant),
      watch(step) {
        for (const text of brokenByRecord(step, maxRunsOf(drawn.scenario))) broken.add(text);
      },
      judge: (observed, calls) =>
        brokenByRun(drawn, observed, { points, calls, hasRival: rival !== undefined }),
    });
    return { ...run, violations: [...broken, ...run.violations] };
  };
  const calm = await play([]);
  if (calm.violations.length > 0 || drawn.mostFaults === 0)
    return played(calm.violations, calm.calls, [], isTraced);
  const rival = drawRival(story);
  const most = drawn.mostFaults - (rival === undefined ? 0 : 1);
  const points = drawPoints(story, { ...drawn, mostFaults: most }, calm.calls);
  const run = await play(points, rival);
  return played(run.violations, run.calls, points, isTraced);
}

function drawPoints(story: Draws, { mostFaults, isStalling }: InboundStory, calls: readonly string[]) {
  const points: CrashPoint[] = [];
  for (let each = 0; each < mostFaults; each++) points.push(drawPoint(story, calls, isStalling));
  return points;
}

/** Calls between which a fault leaves something half done. */
const fragile = new Set([
  'sendBack',
  'inboundEvents.finish',
  'sendDeadLetter',
  'putBody',
  'inboundEvents.reclaim',
]);

/** Any call, or one of any kind, so that rare ones are hit, too; often one that leaves something half done. */
function drawCall(story: Draws, calls: readonly string[]): number {
  if (chance(story, 30)) return story.below(calls.length);
  const all = [...new Set(calls)];
  const rare = all.filter((name) => fragile.has(name));
  const names = rare.length > 0 && chance(story, 60) ? rare : all;
  const name = names[story.below(names.length)];
  const places = [...calls.keys()].filter((at) => calls[at] === name);
  return places[story.below(places.length)] ?? 0;
}

function drawPoint(story: Draws, calls: readonly string[], isStalling: boolean): CrashPoint {
  const call = drawCall(story, calls);
  const faults = ['dies', 'dies', 'rejects', 'rejects', 'repeats', 'stalls'] as const;
  const fault = isStalling ? 'stalls' : pick(story, faults);
  const when = pick(story, ['before', 'after']);
  // A handler is the team's code, so it runs once in a call.
  if (fault === 'repeats') return calls[call] === 'handle' ? { call, when } : { call, when: 'after', fault };
  return { call, when, fault };
}

function played(
  violations: readonly string[],
  calls: readonly string[],
  points: readonly CrashPoint[],
  isTraced: boolean,
): Played {
  const lines: TraceLine[] = isTraced
    ? calls.map((what, call) => {
        const here = points.filter((point) => point.call === call);
        const faults = here.map(({ when, fault = 'dies' }) => `: ${fault} ${when} its effect`).join('');
        return { at: 0, who: `call ${call}`, what: `${what}${faults}` };
      })
    : [];
  return { violations, calls: calls.length, lines };
}
