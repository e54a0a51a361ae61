import { Command } from 'commander';
import { exportLines } from '../../local/export-lines.ts';
import { readOutputs } from '../../local/outputs.ts';
import { defaultOutputsFile } from '../../local/state.ts';

/** `hookline env`: the lines that make the AWS CLI and any SDK talk to the local AWS that runs. */
export const envCommand = (): Command =>
  new Command('env')
    .description('print export lines for the local AWS: eval "$(npx hookline env)"')
    .action((_options, command: Command) => {
      const outputs = readOutputs(defaultOutputsFile);
      if (outputs === undefined) command.error('The local AWS is not running: start it with npm start.');
      else console.log(exportLines(outputs).join('\n'));
    });
