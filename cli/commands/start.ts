import type { Command } from 'commander';
import { type StartArguments, withStartOptions } from '../../local/arguments.ts';
import { runApp } from '../../local/run-app.ts';
import { stopSignal } from '../../local/stop-signal.ts';
import { RefusedError, UsageError } from '../terminal/errors.ts';

/** `hookline start`: runs the app on this machine until Ctrl+C. @throws UsageError for `--json` */
export function defineStart(command: Command): void {
  withStartOptions(command).action(async () => {
    const options = command.optsWithGlobals<StartArguments & { readonly json?: boolean }>();
    if (options.json === true)
      throw new UsageError('start prints no JSON; while it runs, hookline env --json has the URLs and names');
    const stopped = stopSignal();
    try {
      await runApp(options, stopped);
    } catch (error) {
      throw stopped.aborted ? new RefusedError('Stopped.') : error;
    }
  });
}
