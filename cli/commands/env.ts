import type { Command } from 'commander';
import { exportedVariables, exportLines } from '../../local/export-lines.ts';
import { readOutputs } from '../../local/outputs.ts';
import { outputsFileIn } from '../../local/state.ts';
import type { TargetOptions } from '../stack/target.ts';
import { RefusedError } from '../terminal/errors.ts';
import { print } from '../terminal/print.ts';

/** `hookline env`: prints the variables that point the AWS CLI and the SDKs to the running local AWS. */
export function defineEnv(command: Command): void {
  command.action(() => {
    const options = command.optsWithGlobals<TargetOptions>();
    const outputs = readOutputs(outputsFileIn(options.stateDir));
    if (outputs === undefined)
      throw new RefusedError('The local AWS is not running: start it with npx hookline start.');
    const variables = exportedVariables(outputs);
    print(options, variables, exportLines(variables).join('\n'));
  });
}
