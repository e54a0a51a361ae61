import { join } from 'node:path';
import { styleText } from 'node:util';
import { inboundChapters } from './demo/inbound-chapters.ts';
import { outboundChapter } from './demo/outbound-chapter.ts';
import { stageOn } from './demo/stage.ts';
import { BrokenPromiseError, storyTeller } from './demo/story.ts';
import { type LocalAws, startLocalAws } from './emulator.ts';
import { describeFailure } from './failure.ts';
import { functionLogs } from './function-logs.ts';
import { readableLine } from './log-line.ts';
import { printProgress } from './progress.ts';
import { projectRoot } from './project-root.ts';
import { defaultStateDir } from './state.ts';
import { stopSignal } from './stop-signal.ts';

const stopped = stopSignal();

try {
  await demo(stopped);
  console.log(`\n${styleText(['bold', 'green'], 'Everything worked as promised.')}`);
} catch (error) {
  process.exitCode = 1;
  const line = error instanceof BrokenPromiseError ? error.message : describeFailure(error);
  console.error(
    stopped.aborted ? 'Stopped.' : `${styleText('red', '✘', { stream: process.stderr })} ${line}`,
  );
}

/** Runs the demo on a separate local AWS, with IAM and TLS enforced. */
async function demo(signal: AbortSignal): Promise<void> {
  const begun = Date.now();
  const aws = await startLocalAws({
    app: join(projectRoot, 'bin', 'webhooks.ts'),
    stateDir: join(defaultStateDir, 'demo'),
    strict: true,
    port: 0,
    progress: printProgress(console.log),
    signal,
  });
  const interrupted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  try {
    await Promise.race([narrate(stageOn(aws)), interrupted]);
  } catch (error) {
    if (!signal.aborted) await showLines(aws, begun);
    throw error;
  } finally {
    await aws.stop();
  }
}

async function narrate(stage: ReturnType<typeof stageOn>): Promise<void> {
  const story = storyTeller(console.log);
  await inboundChapters(stage, story);
  await outboundChapter(stage, story);
}

/** Prints the functions' log lines, to find out why a promise was not kept. */
async function showLines(aws: LocalAws, since: number): Promise<void> {
  console.log('\nLog lines of the functions:');
  for (const line of await functionLogs(aws.endpoint).read(since)) {
    const shown = readableLine(line);
    if (shown !== undefined) console.log(shown);
  }
}
