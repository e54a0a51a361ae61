import { styleText } from 'node:util';
import { parseStartArguments } from './arguments.ts';
import { describeFailure } from './failure.ts';
import { runApp } from './run-app.ts';
import { stopSignal } from './stop-signal.ts';

const stopped = stopSignal();

try {
  const args = parseStartArguments(process.argv.slice(2));
  if (args !== undefined) await runApp(args, stopped);
} catch (error) {
  process.exitCode = stopped.aborted ? 130 : 1;
  console.error(
    stopped.aborted
      ? 'Stopped.'
      : `${styleText('red', '✘', { stream: process.stderr })} ${describeFailure(error)}`,
  );
}
