import { Command, CommanderError, Option } from 'commander';
import { plainText } from '../local/plain-text.ts';
import { defaultStateDir } from '../local/state.ts';
import { type CommandEntry, commandEntries } from './command-entries.ts';
import { defaultStack } from './stack/default-stack.ts';
import { describeFailure, UsageError } from './terminal/errors.ts';

/** Exit codes of the process. */
const exitCodes = { done: 0, failed: 1, usage: 2 } as const;

/** The command line tool with all its commands. */
export async function hooklineProgram(): Promise<Command> {
  const program = programWithoutCommands();
  for (const entry of commandEntries) (await entry.load())(commandOf(program, entry));
  return program;
}

/** The tool with the names of all commands. Only the one that the arguments name is loaded, so that each starts quickly. */
async function programFor(args: readonly string[]): Promise<Command> {
  const program = programWithoutCommands();
  const [first, second] = program.parseOptions([...args]).operands;
  const named = first === 'help' ? second : first;
  for (const entry of commandEntries) {
    const command = commandOf(program, entry);
    if (entry.name === named) (await entry.load())(command);
  }
  return program;
}

const commandOf = (program: Command, { name, description }: CommandEntry): Command =>
  program.command(name).description(description);

/** Every command also takes the global options, which choose the deployment. */
function programWithoutCommands(): Command {
  return new Command('hookline')
    .description(
      'Operates a deployed Hookline stack, in the AWS account that your environment points to or in the local AWS.',
    )
    .option('--local', 'use the local AWS that npx hookline start runs')
    .option('--stack <name>', `name of the CloudFormation stack (default: ${defaultStack})`)
    .option('--construct <id>', 'id of the Webhooks construct, if the stack has several')
    .option('--profile <name>', 'AWS profile, as in the AWS CLI')
    .option('--region <name>', 'AWS region of the stack, as in the AWS CLI')
    .addOption(
      new Option('--state-dir <directory>', 'state directory of npx hookline start').default(
        defaultStateDir,
        '.local',
      ),
    )
    .option('--json', 'print only JSON on standard output')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help lists the commands and options)')
    .exitOverride();
}

/**
 * Runs one command.
 *
 * @returns the process's exit code: 0 success, 1 refused or failed, 2 wrong command line
 */
export async function runHookline(args: readonly string[]): Promise<number> {
  try {
    const program = await programFor(args);
    await program.parseAsync(args, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    console.error(plainText(describeFailure(error)));
    return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
  }
}
