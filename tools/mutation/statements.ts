import type { PlacedMutant } from './report.ts';

/** The statement of a module that a mutant is in. */
export interface MutatedStatement {
  readonly mutant: PlacedMutant;
  /** Its lines in the file, counted from 1; `last` is the last one. */
  readonly first: number;
  readonly last: number;
  /** Its text with the mutant. */
  readonly text: string;
  /** What it declares, if its type may depend on the mutant. */
  readonly name?: string;
}

/** A line at the left margin begins a statement, unless it ends one. */
const begins = (line: string): boolean => /^[^\s)}\]]/.test(line);

/** Whether a function says what it returns. */
const hasItsType = (text: string): boolean => /\): [^;]+?(?:\{|=>)/.test(text);

/** Finds the statement that a mutant is in, in a file as Biome formats it. */
export function statementOf(mutant: PlacedMutant): MutatedStatement {
  const lines = mutant.source.split('\n');
  let first = mutant.first;
  while (first > 1 && !begins(lines[first - 1] ?? '')) first--;
  let last = mutant.last;
  while (last < lines.length && !begins(lines[last] ?? '')) last++;
  const text = [
    ...lines.slice(first - 1, mutant.first - 1),
    mutant.mutated,
    ...lines.slice(mutant.last, last),
  ].join('\n');
  const [, name] = /^(?:export )?(?:async )?(?:function|const|class) (\w+)/.exec(text) ?? [];
  return { mutant, first, last, text, name: hasItsType(text) ? undefined : name };
}

/**
 * Chooses mutants that can be compiled together: an error in the statement of one is not due to another.
 *
 * No two are in the same statement, and no statement names what another declares without its type.
 */
export function roundOf(statements: readonly MutatedStatement[]): readonly MutatedStatement[] {
  const round: MutatedStatement[] = [];
  for (const one of statements)
    if (round.every((other) => isApart(one, other) && isApart(other, one))) round.push(one);
  return round;
}

function isApart(one: MutatedStatement, other: MutatedStatement): boolean {
  const areInOne =
    one.mutant.file === other.mutant.file && one.first <= other.last && other.first <= one.last;
  return !areInOne && (other.name === undefined || !one.text.includes(other.name));
}

/** A file with some of its statements replaced, and the lines where they are now. */
export interface MutatedFile {
  readonly text: string;
  readonly places: readonly { readonly id: string; readonly first: number; readonly last: number }[];
}

/** @param statements of the same file */
export function withStatements(source: string, statements: readonly MutatedStatement[]): MutatedFile {
  const lines = source.split('\n');
  const written: string[] = [];
  const places: { id: string; first: number; last: number }[] = [];
  let next = 1;
  for (const { mutant, first, last, text } of statements.toSorted((a, b) => a.first - b.first)) {
    written.push(...lines.slice(next - 1, first - 1));
    const from = written.length + 1;
    written.push(...text.split('\n'));
    places.push({ id: mutant.id, first: from, last: written.length });
    next = last + 1;
  }
  written.push(...lines.slice(next - 1));
  return { text: written.join('\n'), places };
}
