import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { LocalAwsError } from './failure.ts';
import { isAlive } from './processes.ts';

/** Of `npm start`. */
export const defaultStateDir = resolve(import.meta.dirname, '..', '.local');

export const outputsFileIn = (directory: string): string => join(directory, 'outputs.json');

/** The files of one local AWS. Two may run side by side in two directories. */
export interface StateDirectory {
  readonly path: string;
  /** That it exists means ready. */
  readonly outputsFile: string;
  readonly assembly: string;
  /** Removes what must not outlive the run. */
  release(): void;
}

/** The log of the emulator has payloads in it: other users of the machine have no business here. */
const ownerOnly = 0o700;

/** Of an earlier version it may be open; where its file system knows no such rights, it stays as it is. */
function closeToOthers(path: string): void {
  try {
    chmodSync(path, ownerOnly);
  } catch {
    return;
  }
}

/**
 * Takes a state directory for this process.
 *
 * @throws LocalAwsError when another process that still runs has it
 */
export function takeStateDirectory(path: string): StateDirectory {
  mkdirSync(path, { recursive: true, mode: ownerOnly });
  closeToOthers(path);
  const owner = join(path, 'running.pid');
  const outputsFile = outputsFileIn(path);
  takeOver(owner);
  // Left by a run that was killed.
  rmSync(outputsFile, { force: true });
  const release = (): void => {
    rmSync(outputsFile, { force: true });
    rmSync(owner, { force: true });
  };
  return { path, outputsFile, assembly: join(path, 'cdk.out'), release };
}

function takeOver(owner: string): void {
  try {
    writeFileSync(owner, String(process.pid), { flag: 'wx' });
  } catch {
    const other = Number(readFileSync(owner, 'utf8'));
    if (other !== process.pid && isAlive(other)) {
      throw new LocalAwsError(
        `It runs already, as process ${other}: stop that one first (if process ${other} is something else, remove ${relative('.', owner)}).`,
      );
    }
    writeFileSync(owner, String(process.pid));
  }
}

/** Writes a file so that a reader sees all of it or none. */
export function writeAtomically(file: string, text: string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}
