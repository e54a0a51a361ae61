/** One thing that happened in a run. */
export interface TraceLine {
  /** Milliseconds since the beginning of the run. */
  readonly at: number;
  /** The process and its number, or what else acts. */
  readonly who: string;
  readonly what: string;
}

/** Keeps what happens, if it is wanted: a run without a story is faster. */
export function traceOf(isKept: boolean, now: () => number) {
  const lines: TraceLine[] = [];
  const startedAt = now();
  return {
    lines,
    /** @param what computes the text only if it is kept */
    note(who: string, what: () => string): void {
      if (isKept) lines.push({ at: now() - startedAt, who, what: what() });
    },
  };
}
export type Trace = ReturnType<typeof traceOf>;

/** Time, process and what happened, in columns. */
export function storyText(lines: readonly TraceLine[]): string {
  const width = Math.max(0, ...lines.map(({ who }) => who.length));
  return lines
    .map(({ at, who, what }) => `${timeText(at).padStart(12)}  ${who.padEnd(width)}  ${what}`)
    .join('\n');
}

function timeText(ms: number): string {
  const [hours, minutes] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60];
  const parts = [hours, minutes].map((part) => String(part).padStart(2, '0'));
  return `${parts.join(':')}:${((ms % 60_000) / 1000).toFixed(3).padStart(6, '0')}`;
}
