import { expect } from 'vitest';
import { canary } from './fragments.ts';

/** A place where the project reads what it did not write in this process. */
export interface Wall {
  readonly name: string;
  /** The files whose parsers stand in it, from the root of the repository. */
  readonly files: readonly string[];
  /** Inputs that it accepts; their variants are fed to it, too. */
  readonly valid: readonly object[];
  /** Gives it an input. What it returns as its `reason` is checked as an error is. */
  feed(text: string, bytes: Buffer): unknown;
  /** The names of the errors that it may throw; by default it throws none. */
  readonly throws?: readonly string[];
  /** Texts of the input that its errors may repeat: names, never payloads. They are short and plain nevertheless. */
  readonly repeats?: true;
  /** Only the author of the input sees its errors. */
  readonly isOwn?: true;
}

/** The most characters of an error: it goes into logs, dead letters and records. */
const longestError = 1_500;
/** The CPU time for an input of at most a few MiB. A schema of a tenant and its payload are stopped after a second each. */
const budgetMillis = 3_000;

/** What went wrong with one input of a wall; empty if nothing did. */
export async function faultsOf(
  wall: Wall,
  text: string,
  bytes: Buffer = Buffer.from(text),
): Promise<string[]> {
  const before = process.cpuUsage();
  const end = await endOf(wall, text, bytes);
  const { user, system } = process.cpuUsage(before);
  const millis = (user + system) / 1000;
  return [
    ...(millis > budgetMillis ? [`it took ${Math.round(millis)} ms of CPU`] : []),
    ...(Object.hasOwn(Object.prototype, 'polluted') ? ['it changed the prototype of all objects'] : []),
    ...(end.isUnexpected ? [`it threw ${end.error}`] : []),
    ...(wall.isOwn ? [] : faultsOfError(end.error ?? '', wall.repeats === true)),
  ];
}

interface End {
  /** The text of the error or refusal. */
  readonly error?: string;
  readonly isUnexpected?: boolean;
}

async function endOf({ feed, throws = [] }: Wall, text: string, bytes: Buffer): Promise<End> {
  try {
    return { error: reasonIn(await feed(text, bytes)) };
  } catch (error) {
    if (!(error instanceof Error)) return { error: String(error), isUnexpected: true };
    return { error: `${error.name}: ${error.message}`, isUnexpected: !throws.includes(error.name) };
  }
}

/** The refusal in what a wall returned. */
function reasonIn(returned: unknown): string | undefined {
  if (typeof returned !== 'object' || returned === null || !('reason' in returned)) return undefined;
  return typeof returned.reason === 'string' ? returned.reason : undefined;
}

/** What is wrong with the text of an error. */
export const faultsOfError = (error: string, mayRepeat: boolean): string[] => [
  ...(error.length > longestError ? [`its error has ${error.length} characters`] : []),
  ...(/(?!\n)[\p{Cc}\p{Cs}]/u.test(error) ? ['its error has control characters'] : []),
  ...(!mayRepeat && error.includes(canary) ? [`its error repeats the input: ${error.slice(0, 200)}`] : []),
];

/** Feeds inputs to a wall, and expects it to take or refuse each of them well. */
export async function expectWell(
  wall: Wall,
  inputs: Iterable<readonly [name: string, text: string, bytes?: Buffer]>,
): Promise<void> {
  const faults: unknown[] = [];
  for (const [name, text, bytes] of inputs)
    for (const fault of await faultsOf(wall, text, bytes)) faults.push([name, fault.slice(0, 300)]);
  expect(faults).toEqual([]);
}
