import * as v from 'valibot';
import { isInSample } from './sample.ts';

const Place = v.object({ line: v.number(), column: v.number() });
const Mutant = v.object({
  id: v.string(),
  mutatorName: v.string(),
  replacement: v.optional(v.string(), ''),
  status: v.string(),
  location: v.object({ start: Place, end: Place }),
});
const Report = v.object({
  files: v.record(v.string(), v.object({ source: v.string(), mutants: v.array(Mutant) })),
});
type Place = v.InferOutput<typeof Place>;

/** A mutant that no test noticed. */
interface Survivor {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly mutator: string;
  /** The code that was replaced, and what replaced it; spaces and line ends are one space. */
  readonly original: string;
  readonly replacement: string;
}

/** A survivor that no test can notice, and why. */
export interface Equivalent extends Omit<Survivor, 'line'> {
  readonly reason: string;
}

const Equivalents = v.array(
  v.strictObject({
    file: v.string(),
    mutator: v.string(),
    original: v.string(),
    replacement: v.string(),
    reason: v.pipe(v.string(), v.minLength(10)),
  }),
);

/** @throws ValiError for anything but the list in test/mutation/equivalent.json */
export const parseEquivalents = (json: unknown): readonly Equivalent[] => v.parse(Equivalents, json);

/** The mutants of one file. */
export interface FileScore {
  /** Without the equivalent ones. */
  readonly mutants: number;
  readonly survivors: number;
  readonly equivalent: number;
  /** Only one mutant in so many was measured. @default 1 */
  readonly oneIn?: number;
}

/** What a run of Stryker found, for each file with mutants. */
export interface Measured {
  readonly scores: Readonly<Record<string, FileScore>>;
  readonly survivors: readonly Survivor[];
  /** Listed as equivalent, but not among the survivors of their file. */
  readonly stale: readonly Equivalent[];
}

/** A mutant of a report, in its file. */
export interface PlacedMutant {
  /** Of the report. */
  readonly id: string;
  readonly file: string;
  /** The lines that it changes. Counted from 1; `last` is the last one. */
  readonly first: number;
  readonly last: number;
  /** The text of the file, and these lines with the mutant in them. */
  readonly source: string;
  readonly mutated: string;
}

const survived = new Set(['Survived', 'NoCoverage']);
/** A mutant that runs for ever is noticed; one that does not compile, or was ignored, says nothing. */
const noticed = new Set(['Killed', 'Timeout']);

/** Of a report, what to read of it. */
interface Part {
  /** Tells which files to read. @default all */
  readonly isMeasured?: (file: string) => boolean;
  /** Of how many mutants one was measured. @default 1 */
  readonly oneIn?: number;
}

/** What Stryker did not test because nothing reaches it is reported whatever the sample: it is left out here. */
function filesOf(json: unknown, { isMeasured = () => true, oneIn = 1 }: Part) {
  const isSampled = (file: string, { location, replacement }: v.InferOutput<typeof Mutant>) =>
    isInSample({ file, ...location.start, replacement }, oneIn);
  return Object.entries(v.parse(Report, json).files)
    .filter(([file]) => isMeasured(file))
    .map(([file, { source, mutants }]) => {
      const sample = mutants.filter((mutant) => isSampled(file, mutant));
      return [file, { source, mutants: sample }] as const;
    });
}

/** The mutants that no test noticed. @throws ValiError for anything but Stryker's report */
export const survivorsIn = (json: unknown, part: Part): readonly PlacedMutant[] =>
  filesOf(json, part).flatMap(([file, { source, mutants }]) =>
    mutants
      .filter(({ status }) => survived.has(status))
      .map(({ id, replacement, location: { start, end } }) => ({
        id,
        file,
        first: start.line,
        last: end.line,
        source,
        mutated: withText(source.split('\n'), { start, end }, replacement),
      })),
  );

/**
 * Reads Stryker's report (mutation testing report schema 2).
 *
 * @param refused the ids of the mutants that do not compile: the compiler noticed them
 * @throws ValiError for any other JSON
 */
export function readReport(
  json: unknown,
  equivalents: readonly Equivalent[],
  { refused = new Set(), ...part }: Part & { readonly refused?: ReadonlySet<string> } = {},
): Measured {
  const files = Object.fromEntries(filesOf(json, part));
  const scores: Record<string, FileScore> = {};
  const survivors: Survivor[] = [];
  const left = new Set(equivalents.filter(({ file }) => file in files));
  for (const [file, { source, mutants }] of Object.entries(files)) {
    const lines = source.split('\n');
    const all = mutants
      .filter(({ id, status }) => survived.has(status) && !refused.has(id))
      .map((mutant) => survivorOf(file, lines, mutant));
    const listed = all.filter((survivor) => isListed(survivor, left, equivalents));
    const unlisted = all.filter((survivor) => !listed.includes(survivor));
    const killed = mutants.filter(({ id, status }) => noticed.has(status) || refused.has(id)).length;
    survivors.push(...unlisted);
    if (killed + all.length > 0)
      scores[file] = {
        mutants: killed + unlisted.length,
        survivors: unlisted.length,
        equivalent: listed.length,
        oneIn: part.oneIn === 1 ? undefined : part.oneIn,
      };
  }
  return { scores, survivors, stale: [...left] };
}

/** Looks the survivor up, and crosses its entry off. An entry stands for every place with the same code in its file. */
function isListed(survivor: Survivor, left: Set<Equivalent>, equivalents: readonly Equivalent[]): boolean {
  const entry = equivalents.find(
    ({ file, mutator, original, replacement }) =>
      file === survivor.file &&
      mutator === survivor.mutator &&
      original === survivor.original &&
      replacement === survivor.replacement,
  );
  if (entry !== undefined) left.delete(entry);
  return entry !== undefined;
}

const survivorOf = (
  file: string,
  lines: readonly string[],
  { mutatorName, replacement, location: { start, end } }: v.InferOutput<typeof Mutant>,
): Survivor => ({
  file,
  line: start.line,
  mutator: mutatorName,
  original: oneLine(textBetween(lines, start, end)),
  replacement: oneLine(replacement),
});

type Span = v.InferOutput<typeof Mutant>['location'];

/** The lines of a place, with another text there. */
const withText = (lines: readonly string[], { start, end }: Span, text: string): string =>
  (lines[start.line - 1] ?? '').slice(0, start.column - 1) +
  text +
  (lines[end.line - 1] ?? '').slice(end.column - 1);

/** Lines and columns count from 1; the end is exclusive. */
function textBetween(lines: readonly string[], start: Place, end: Place): string {
  const chosen = lines.slice(start.line - 1, end.line);
  const last = chosen.length - 1;
  return chosen
    .map((line, n) => line.slice(n === 0 ? start.column - 1 : 0, n === last ? end.column - 1 : undefined))
    .join('\n');
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
