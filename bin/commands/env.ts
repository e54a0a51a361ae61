import { Command } from 'commander';
import { exportLines } from '../../local/export-lines.ts';
import { readOutputs } from '../../local/outputs.ts';
import { defaultStateDir, outputsFileIn } from '../../local/state.ts';

/** `hookline env`: the lines that make the AWS CLI and any SDK talk to the local AWS that runs. */
export const envCommand = (): Command =>
  new Command('env')
    .description('print export lines for the local AWS: eval "$(npx hookline env)"')
    .option('--state-dir <directory>', 'the one given to npm start', defaultStateDir)
    .action(({ stateDir }: { stateDir: string }, command: Command) => {
      const outputs = readOutputs(outputsFileIn(stateDir));
      if (outputs === undefined) command.error('The local AWS is not running: start it with npm start.');
      else console.log(exportLines(outputs).join('\n'));
    });
