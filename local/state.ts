import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { LocalAwsError } from './failure.ts';
import { isAlive } from './processes.ts';
import { projectRoot } from './project-root.ts';

/** The directory of `npm start` and `hookline start`. */
export const defaultStateDir = join(projectRoot, '.local');

export const outputsFileIn = (directory: string): string => join(directory, 'outputs.json');

/** The files of one local AWS. Two can run side by side in two directories. */
export interface StateDirectory {
  readonly path: string;
  /** Exists only when the local AWS is ready. */
  readonly outputsFile: string;
  readonly assembly: string;
  /** Removes the files that must not outlive the run. */
  release(): void;
}

/** Closes the directory to other users of the machine, because the emulator's log contains payloads. */
const ownerOnly = 0o700;

/** Also closes the directory of an earlier version, unless its file system has no such permissions. */
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
 * @throws LocalAwsError when another running process has it
 */
export function takeStateDirectory(path: string): StateDirectory {
  mkdirSync(path, { recursive: true, mode: ownerOnly });
  closeToOthers(path);
  const owner = join(path, 'running.pid');
  const outputsFile = outputsFileIn(path);
  takeOver(owner);
  // A run that was killed left it.
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
        `A local AWS runs already, as process ${other}: stop that one first (if process ${other} is something else, remove ${relative('.', owner)}).`,
      );
    }
    writeFileSync(owner, String(process.pid));
  }
}

/** Writes a file so that a reader sees all of it or nothing. */
export function writeAtomically(file: string, text: string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}
