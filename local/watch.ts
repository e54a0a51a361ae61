import { existsSync, readdirSync, statSync, watch } from 'node:fs';
import { join, relative } from 'node:path';
import { styleText } from 'node:util';

import { describeFailure } from './failure.ts';

/** Editors write a file in several steps, and "save all" several files. */
const settleMs = 200;

/** The part of a local AWS that this file needs. */
interface Redeployable {
  redeploy(): Promise<{ readonly changes: string; readonly newSources: readonly string[] }>;
}

/** Deploys again when a file in one of the directories is saved. Prints a failed deploy; the next save tries again. */
export function redeployOnSave(
  aws: Redeployable,
  directories: readonly string[],
  print: (line: string) => void,
  signal: AbortSignal,
): void {
  const saved = new Set<string>();
  let running = false;

  async function redeploy(): Promise<void> {
    if (running || saved.size === 0 || signal.aborted) return;
    running = true;
    const files = stillThere([...saved].sort()).join(', ');
    saved.clear();
    print(styleText('dim', `· ${files} saved, deploying …`));
    print(await deployed(aws));
    running = false;
    await redeploy();
  }

  let timer: NodeJS.Timeout | undefined;
  watchTree(directories, signal, (file) => {
    if (isTemporary(file)) return;
    saved.add(relative('.', file));
    clearTimeout(timer);
    timer = setTimeout(() => void redeploy(), settleMs);
  });
}

/** Watches each directory separately, because the recursive watch of Linux loses a file that an editor replaces. */
function watchTree(roots: readonly string[], signal: AbortSignal, onFile: (file: string) => void): void {
  const watched = new Set<string>();
  const add = (directory: string): void => {
    if (watched.has(directory) || !statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return;
    watched.add(directory);
    watch(directory, { signal }, (_event, name) => {
      const file = join(directory, name ?? '');
      add(file);
      if (!watched.has(file)) onFile(file);
    }).on('error', () => watched.delete(directory));
    for (const entry of readdirSync(directory)) add(join(directory, entry));
  };
  for (const root of roots) add(root);
}

async function deployed(aws: Redeployable): Promise<string> {
  const begun = performance.now();
  try {
    const { changes, newSources } = await aws.redeploy();
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    const line = `${styleText('green', '✔')} deployed, ${changes} ${styleText('dim', `${seconds} s`)}`;
    return [line, ...newSources.map((url) => `  POST ${url}`)].join('\n');
  } catch (error) {
    return `${styleText('red', '✘')} not deployed, the last version keeps running. ${describeFailure(error)}`;
  }
}

/** Omits the temporary files that an editor moved into place; lists all names when files were removed. */
function stillThere(files: readonly string[]): readonly string[] {
  const present = files.filter((file) => existsSync(file));
  return present.length > 0 ? present : files;
}

const isTemporary = (file: string): boolean => /(~|\.swp|\.tmp)$|(^|\/)(4913|\.#.*)$/.test(file);
