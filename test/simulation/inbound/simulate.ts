import type { CrashPoint } from '../../crash/crash-script.ts';
import { playScenario } from '../../crash/inbound/promises.ts';
import type { Variant } from '../../crash/inbound/scenario.ts';
import type { ChoiceSources, Draws } from '../draws.ts';
import { pick } from '../draws.ts';
import type { Played } from '../played.ts';
import type { TraceLine } from '../trace.ts';
import { drawInbound } from './story.ts';

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
  const { scenario, mostFaults } = drawInbound(story);
  const play = (points: readonly CrashPoint[]) =>
    playScenario(scenario, points, { seed: order.below, variant });
  const calm = await play([]);
  if (calm.violations.length > 0 || mostFaults === 0)
    return played(calm.violations, calm.calls, [], isTraced);
  const points = drawPoints(story, mostFaults, calm.calls);
  const run = await play(points);
  return played(run.violations, run.calls, points, isTraced);
}

function drawPoints(story: Draws, most: number, calls: readonly string[]): CrashPoint[] {
  const points: CrashPoint[] = [];
  for (let each = 0; each < most; each++) points.push(drawPoint(story, calls));
  return points;
}

function drawPoint(story: Draws, calls: readonly string[]): CrashPoint {
  const call = story.below(calls.length);
  const faults = ['dies', 'dies', 'rejects', 'repeats', 'stalls'] as const;
  const fault = pick(story, faults);
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
