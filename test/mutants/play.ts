import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import * as v from 'valibot';
import { sourceMutants } from './all.ts';
import type { Play, Played } from './player-process.ts';

/** A mutant may make a test run for ever. */
const timeoutMs = 180_000;

const Result = v.object({ run: v.picklist(['passed', 'failed', 'not loaded']), detail: v.string() });
/** `hung`: the run did not end in time, or its process ended first. */
export type Result = Omit<Played, 'run'> & { readonly run: Played['run'] | 'hung' };

/** Starts a process that plays mutants. It is replaced when a mutant hangs it. */
export function startPlayer() {
  let child = start();
  const stop = (): void => {
    // With its workers, which do not notice when they are in an endless loop.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  };
  return {
    async play(play: Play): Promise<Result> {
      const result = await resultOf(child, play);
      if (result.run === 'hung') {
        stop();
        child = start();
      }
      return result;
    },
    stop,
  };
}

/** Any name: the plugin is there only if Vitest starts with one. */
const someMutant = sourceMutants[0]?.name;
const start = (): ChildProcess =>
  fork(join(import.meta.dirname, 'player-process.ts'), {
    env: { ...process.env, MUTANT: someMutant },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    detached: true,
  });

function resultOf(child: ChildProcess, play: Play): Promise<Result> {
  const { promise, resolve } = Promise.withResolvers<Result>();
  const hung = (detail: string) => () => resolve({ run: 'hung', detail });
  const onExit = hung('its process ended');
  const onMessage = (message: unknown) => resolve(v.parse(Result, message));
  const timer = setTimeout(hung(`did not end within ${timeoutMs / 1000} s`), timeoutMs);
  child.once('exit', onExit);
  child.once('message', onMessage);
  child.send(play);
  return promise.finally(() => {
    clearTimeout(timer);
    child.off('exit', onExit);
    child.off('message', onMessage);
  });
}
