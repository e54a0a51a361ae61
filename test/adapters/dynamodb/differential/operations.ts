import type { DynamodbClient } from '../../../../lambdas/adapters/dynamodb/commands.ts';
import { later, seconds, type UnixMillis, unixMillis } from '../../../../lambdas/domain/time.ts';

/** What a random step has to choose with. */
export interface Draw {
  readonly now: UnixMillis;
  /** Small random numbers. */
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** Each operation of a store as one call that a draw decides. What it rejects with is part of what is compared. */
type Operations = Readonly<Record<string, (draw: Draw) => Promise<unknown>>>;

/** @param run a text that no other run has, for keys */
export type MakeOperations = (client: DynamodbClient, run: string) => Operations;

export const start = unixMillis(Date.UTC(2026, 10, 23, 12));
export const after = (now: UnixMillis, span: number): UnixMillis => later(now, seconds(span));

/** One of the last things remembered, or the first. */
export function recent<T>(list: readonly T[], draw: number): T | undefined {
  return list.at(-1 - (draw % 4)) ?? list[0];
}

export function oneOf<T>(list: readonly [T, ...T[]], draw: number): T {
  return list[draw % list.length] ?? list[0];
}
