import Table from 'cli-table3';
import type { UnixMillis } from '../../lambdas/domain/time.ts';

/** Narrower columns of text are unreadable. */
const minTextWidth = 24;
/** A border and a space on either side. */
const cellFrame = 3;

/**
 * Draws a table for a terminal. The last column takes the rest of the width and wraps; when too little is left, each row
 * becomes a block of lines.
 *
 * @param width of the terminal in columns; undefined when the output is not a terminal, where nothing wraps
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number | undefined = process.stdout.columns,
): string {
  if (width !== undefined && othersOf([head, ...rows]) + minTextWidth + 2 > width) return blocks(head, rows);
  const chars = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };
  const style = width === undefined ? { head: [], border: [] } : { head: ['bold'] };
  const colWidths = width === undefined ? [] : widths([head, ...rows], width);
  const drawn = new Table({ head: [...head], chars, style, colWidths, wordWrap: true });
  drawn.push(...rows.map((row) => [...row]));
  return drawn.toString();
}

type Lines = readonly (readonly string[])[];

const blocks = (head: readonly string[], rows: Lines): string => {
  const longest = Math.max(...head.map(({ length }) => length));
  const block = (row: readonly string[]) =>
    head.map((name, column) => `${name.padEnd(longest)}  ${row[column] ?? ''}`.trimEnd()).join('\n');
  return rows.map((row) => `${block(row)}\n`).join('\n');
};

/** The width of each column's longest text. */
const naturalWidths = (lines: Lines): readonly number[] =>
  (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length + cellFrame - 1)),
  );

/** The width of all columns but the last. */
const othersOf = (lines: Lines): number =>
  naturalWidths(lines)
    .slice(0, -1)
    .reduce((sum, one) => sum + one + 1, 0);

function widths(lines: Lines, width: number): (number | null)[] {
  const rest = width - othersOf(lines) - 2;
  const natural = naturalWidths(lines);
  return natural.map((one, column) => (column === natural.length - 1 && one > rest ? rest : null));
}

/** `2026-11-25 04:05:06Z`. */
export const instant = (at: UnixMillis): string => shortInstant(new Date(at).toISOString());

/** The same of an instant as the management API writes it. */
export const shortInstant = (at: string): string => at.replace('T', ' ').replace(/\.\d+/, '');

/** Makes foreign text safe for a cell: without control characters, and cut to a length. */
export function cell(text: string, maxChars = 300): string {
  const printable = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
  return printable.length > maxChars ? `${printable.slice(0, maxChars - 1)}…` : printable;
}

/** `1 message`, `2 messages`. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;
