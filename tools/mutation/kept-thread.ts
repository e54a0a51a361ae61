import type { Plugin } from 'vitest/config';
import { ThreadsPoolWorker } from 'vitest/node';

type PoolOptions = ConstructorParameters<typeof ThreadsPoolWorker>[0];
type Request = Parameters<ThreadsPoolWorker['send']>[0];
type Listener = Parameters<ThreadsPoolWorker['on']>[1];

/** A thread that has run this often is replaced: what Vitest listens to in it grows with each run. */
const runsOfAThread = 200;
let kept: { readonly worker: ThreadsPoolWorker; runs: number } | undefined;

/**
 * Keeps the thread of the tests from one run of Vitest to the next, with the modules that it has loaded. Stryker puts all
 * mutants into the code at once, and a variable says which one is on; a new thread for each would spend most of its time on loading.
 */
export const keptThread: Plugin = {
  name: 'kept-thread',
  configureVitest({ project }) {
    Object.assign(project.config, {
      pool: 'kept',
      poolRunner: { name: 'kept', createPoolWorker: (options: PoolOptions) => keptWorker(options) },
    });
  },
};

function keptWorker(options: PoolOptions) {
  const listeners: { readonly event: string; readonly listener: Listener }[] = [];
  return {
    name: 'kept',
    async start() {
      if (kept !== undefined && kept.runs >= runsOfAThread) await end();
      kept ??= { worker: await started(options), runs: 0 };
      kept.runs += 1;
    },
    async stop() {
      for (const { event, listener } of listeners.splice(0)) thread().off(event, listener);
    },
    on(event: string, listener: Listener) {
      listeners.push({ event, listener });
      thread().on(event, listener);
    },
    off(event: string, listener: Listener) {
      thread().off(event, listener);
    },
    /** Answers the request to stop itself: the thread would not listen any more. */
    send(message: Request) {
      if (message.type !== 'stop') return thread().send(message);
      const stopped = { type: 'stopped', __vitest_worker_response__: true };
      for (const { event, listener } of [...listeners]) if (event === 'message') listener(stopped);
    },
    deserialize: (data: unknown) => data,
  };
}

function thread(): ThreadsPoolWorker {
  if (kept === undefined) throw new Error('Vitest used a thread that it had not started.');
  return kept.worker;
}

async function started(options: PoolOptions): Promise<ThreadsPoolWorker> {
  const worker = new ThreadsPoolWorker(options);
  await worker.start();
  return worker;
}

async function end(): Promise<void> {
  await kept?.worker.stop();
  kept = undefined;
}
