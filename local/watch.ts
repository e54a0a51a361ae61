import { watch } from 'node:fs';
import { join, relative } from 'node:path';
import { styleText } from 'node:util';

import { describeFailure } from './failure.ts';

/** Editors write a file in several steps, and "save all" several files. */
const settleMs = 200;

/** As far as this file needs a local AWS. */
interface Redeployable {
  redeploy(): Promise<{ readonly log: string }>;
}

/** Deploys again when a file in one of the directories is saved; a deploy that fails is shown, and the next save tries again. */
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
    const files = [...saved].sort().join(', ');
    saved.clear();
    print(styleText('dim', `· ${files} saved, deploying …`));
    print(await deployed(aws));
    running = false;
    await redeploy();
  }

  for (const directory of directories) {
    let timer: NodeJS.Timeout | undefined;
    watch(directory, { recursive: true, signal }, (_event, name) => {
      const file = relative('.', join(directory, name ?? ''));
      if (isTemporary(file)) return;
      saved.add(file);
      clearTimeout(timer);
      timer = setTimeout(() => void redeploy(), settleMs);
    });
  }
}

async function deployed(aws: Redeployable): Promise<string> {
  const begun = performance.now();
  try {
    const { log } = await aws.redeploy();
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    return `${styleText('green', '✔')} deployed: ${changesIn(log)} ${styleText('dim', `${seconds} s`)}`;
  } catch (error) {
    return `${styleText('red', '✘')} not deployed, the last version keeps running. ${describeFailure(error)}`;
  }
}

/** What a deploy did, from the event lines of the CDK's tool. */
export function changesIn(log: string): string {
  const done = /(CREATE|UPDATE|DELETE)_COMPLETE\s*\|\s*AWS::([\w:]+)\s*\|\s*(.+?)(?: \(\w+\))?\s*$/gm;
  const changes = [...log.matchAll(done)]
    .filter(([, , type]) => type !== 'CloudFormation::Stack')
    .map(([, verb, , name]) => `${verb?.toLowerCase()}d ${name}`);
  return changes.length === 0 ? 'nothing to change' : [...new Set(changes)].join(', ');
}

const isTemporary = (file: string): boolean => /(~|\.swp|\.tmp)$|(^|\/)(4913|\.#.*)$/.test(file);
