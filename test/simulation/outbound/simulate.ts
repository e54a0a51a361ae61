import { settle } from '../../crash/outbound/virtual-time.ts';
import type { ChoiceSources } from '../draws.ts';
import type { Played } from '../played.ts';
import { invocations } from './invocations.ts';
import { type Processes, processes } from './processes.ts';
import { drawStory, type Story } from './story.ts';
import { checkTheEnd } from './verdict.ts';
import { type SimulatedOutbound, simulatedOutbound, type WorldOptions } from './world.ts';

const hour = 3_600_000;
const mostSteps = 60_000;

/** Plays one run of the outbound flow: draws a story, lets it happen, and judges it. */
export async function playOutbound(sources: ChoiceSources, options: WorldOptions = {}): Promise<Played> {
  const story = drawStory(sources.story);
  const world = simulatedOutbound(story, sources, options);
  const running = processes(world);
  const { watch, trace, places } = world;
  const isAtRest = await untilRest(world, running, story, sources);
  watch.check(isAtRest || watch.violations.size > 0, 'it never comes to rest');
  if (watch.violations.size === 0) checkTheEnd(world, story);
  return { violations: [...watch.violations], lines: trace.lines, calls: places.calls() };
}

/** By then everything has to be over: each attempt with its wait for a breaker and the sweep, and the sweep's longest pauses. */
function longestRun({ retryDelays, endpoints, publications, acts, isPatient }: Story): number {
  const longest = Math.max(0, ...retryDelays);
  const attempts = (retryDelays.length + 1) * (1 + acts.length);
  const deliveries = (endpoints.length + 1) * (publications.length + acts.length);
  return (isPatient ? 60 * 24 * hour : 6 * hour) + deliveries * attempts * (longest * 1_200 + 1_300_000);
}

/** Takes one step after the other, until nothing is left to do or a promise is broken. @returns false when it never ends */
async function untilRest(
  world: SimulatedOutbound,
  running: Processes,
  story: Story,
  { order }: ChoiceSources,
): Promise<boolean> {
  const { time, waiting, watch, calls } = world;
  const flow = invocations(world, running, story);
  const [startedAt, longest] = [time.now(), longestRun(story)];
  const endsAt = () => Math.max(startedAt + 2 * hour, calls.calmSince()) + longest;

  /** Starts a process, or lets a call go on. @returns false when there is neither */
  function goOn(): boolean {
    const mayStart = waiting.size() === 0 || order.below(4) === 3;
    const start = mayStart ? flow.startable() : undefined;
    if (start === undefined && waiting.size() === 0) return false;
    if (start !== undefined) start();
    else letOneOn();
    return true;
  }

  function letOneOn(): void {
    waiting.letOneOn();
    if (story.msPerCall > 0) time.moveTo(time.now() + story.msPerCall, Number.POSITIVE_INFINITY);
  }

  /** Moves the clock to what comes next. @returns false when that is too late */
  function moveOn(): boolean {
    if (!time.moveTo(flow.nextAt(), endsAt())) return false;
    watch.look(running.idleSince());
    return true;
  }

  for (let step = 0; step < mostSteps; step++) {
    await settle();
    if (watch.violations.size > 0) return true;
    if (goOn()) continue;
    if (flow.isOver()) return true;
    if (!flow.hurry() && !moveOn()) return false;
  }
  return false;
}
