import Table from 'cli-table3';
import type { UnixMillis } from '../lambdas/domain/time.ts';

/** Narrower than this a column of text is unreadable, and the terminal may wrap instead. */
const minTextWidth = 24;
/** A border, and a blank on either side. */
const cellFrame = 3;

/**
 * A table for a terminal; the last column takes what is left of the width, and wraps.
 *
 * @param width of the terminal; undefined where the output is no terminal, and nothing wraps
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width: number | undefined = process.stdout.columns,
): string {
  const chars = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };
  const style = width === undefined ? { head: [], border: [] } : { head: ['bold'] };
  const colWidths = width === undefined ? [] : widths([head, ...rows], width);
  const drawn = new Table({ head: [...head], chars, style, colWidths, wordWrap: true });
  drawn.push(...rows.map((row) => [...row]));
  return drawn.toString();
}

function widths(lines: readonly (readonly string[])[], width: number): (number | null)[] {
  const natural = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length + cellFrame - 1)),
  );
  const others = natural.slice(0, -1).reduce((sum, one) => sum + one + 1, 0);
  const rest = Math.max(minTextWidth, width - others - 2);
  return natural.map((one, column) => (column === natural.length - 1 && one > rest ? rest : null));
}

/** `2026-11-25 04:05:06Z`. */
export const instant = (at: UnixMillis): string =>
  new Date(at).toISOString().replace('T', ' ').replace(/\.\d+/, '');

/** Text of others for one cell: no controls that a terminal obeys, and not endless. */
export function cell(text: string, maxChars = 300): string {
  const printable = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
  return printable.length > maxChars ? `${printable.slice(0, maxChars - 1)}…` : printable;
}

/** `1 message`, `2 messages`. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;
