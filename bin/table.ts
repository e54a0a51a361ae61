import Table from 'cli-table3';
import type { UnixMillis } from '../lambdas/domain/time.ts';

/** A table for a terminal, one line a row. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const chars = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };
  const plain = { head: [], border: [] };
  const drawn = new Table({ head: [...head], chars, style: process.stdout.isTTY ? {} : plain });
  drawn.push(...rows.map((row) => [...row]));
  return drawn.toString();
}

/** `2026-11-25 04:05:06Z`. */
export const instant = (at: UnixMillis): string =>
  new Date(at).toISOString().replace('T', ' ').replace(/\.\d+/, '');

/** Text of others for one cell: no controls that a terminal obeys, and not endless. */
export function cell(text: string, maxChars = 80): string {
  const printable = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');
  return printable.length > maxChars ? `${printable.slice(0, maxChars - 1)}…` : printable;
}

/** `1 message`, `2 messages`. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;
