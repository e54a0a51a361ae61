import { Command, CommanderError, Option } from 'commander';
import { plainText } from '../local/plain-text.ts';
import { defaultStateDir } from '../local/state.ts';
import { addAdoptCommand } from './commands/adopt.ts';
import { addDeliveriesCommand } from './commands/deliveries.ts';
import { addDlqCommand } from './commands/dlq.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEndpointsCommand } from './commands/endpoints.ts';
import { addEnvCommand } from './commands/env.ts';
import { addEventsCommand } from './commands/events.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addKeptCommand } from './commands/kept.ts';
import { addListenCommand } from './commands/listen.ts';
import { addPublishCommand } from './commands/publish.ts';
import { addRangesCommand } from './commands/ranges.ts';
import { addRecoverCommand } from './commands/recover.ts';
import { addSecretsCommand } from './commands/secrets.ts';
import { addSendCommand } from './commands/send.ts';
import { addTailCommand } from './commands/tail.ts';
import { defaultStack } from './stack/target.ts';
import { describeFailure, UsageError } from './terminal/errors.ts';

/** Exit codes of the process. */
const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** The command line tool. Every command also takes the global options, which choose the deployment. */
export function hooklineProgram(): Command {
  const program = new Command('hookline')
    .description(
      'Operates a deployed Hookline stack, in the AWS account that your environment points to or in the local AWS.',
    )
    .option('--local', 'use the local AWS that npm start runs')
    .option('--stack <name>', `name of the CloudFormation stack (default: ${defaultStack})`)
    .option('--profile <name>', 'AWS profile, as in the AWS CLI')
    .option('--region <name>', 'AWS region of the stack, as in the AWS CLI')
    .addOption(
      new Option('--state-dir <directory>', 'state directory of npm start').default(
        defaultStateDir,
        '.local',
      ),
    )
    .option('--json', 'print only JSON on standard output')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help lists the commands and options)')
    .exitOverride();
  addEnvCommand(program);
  addSecretsCommand(program);
  addDlqCommand(program);
  addEventsCommand(program);
  addEndpointsCommand(program);
  addDeliveriesCommand(program);
  addRecoverCommand(program);
  addPublishCommand(program);
  addRangesCommand(program);
  addSendCommand(program);
  addExplainCommand(program);
  addDoctorCommand(program);
  addKeptCommand(program);
  addAdoptCommand(program);
  addTailCommand(program);
  addListenCommand(program);
  return program;
}

/**
 * Runs one command.
 *
 * @returns the process's exit code: 0 success, 1 refused or failed, 2 wrong command line
 */
export async function runHookline(args: readonly string[], program = hooklineProgram()): Promise<number> {
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    console.error(plainText(describeFailure(error)));
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  }
}
