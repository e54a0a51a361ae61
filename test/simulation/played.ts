import type { TraceLine } from './trace.ts';

/** A run that is over. */
export interface Played {
  /** The promises that it broke, in words; none in a good run. */
  readonly violations: readonly string[];
  /** Its story, if it was traced. */
  readonly lines: readonly TraceLine[];
  /** Its port calls. */
  readonly calls: number;
}
