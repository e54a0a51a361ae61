import { type ChoiceSources, type Choices, sourcesOf } from './draws.ts';
import { type InboundOptions, playInbound } from './inbound/simulate.ts';
import { playOutbound } from './outbound/simulate.ts';
import type { WorldOptions } from './outbound/world.ts';
import type { Played } from './played.ts';

export const flows = ['inbound', 'outbound'] as const;
export type Flow = (typeof flows)[number];

/** Mistakes to play, and whether to keep the story. */
export interface PlayOptions {
  readonly inbound?: InboundOptions;
  readonly outbound?: WorldOptions;
}

/** A run with all that is needed to play it again. */
export interface Run extends Played {
  readonly flow: Flow;
  readonly choices: Choices;
}

/** The flow of a seed: the flows share nothing, so a run plays one of them. The outbound flow has more to try. */
export const flowOf = (seed: number): Flow => (seed % 4 === 0 ? 'inbound' : 'outbound');

/** Plays a run that follows from a seed, or from choices that were recorded. */
export async function play(flow: Flow, of: number | Choices, options: PlayOptions = {}): Promise<Run> {
  const sources = sourcesOf(of);
  const run = await playSafely(flow, sources, options);
  return { ...run, flow, choices: { story: sources.story.taken, order: sources.order.taken } };
}

/** An error of the simulation itself counts as a broken promise, so that it is seen. */
async function playSafely(flow: Flow, sources: ChoiceSources, options: PlayOptions): Promise<Played> {
  try {
    return flow === 'inbound'
      ? await playInbound(sources, options.inbound)
      : await playOutbound(sources, options.outbound);
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { violations: [`the simulation threw ${text}`], lines: [], calls: 0 };
  }
}
