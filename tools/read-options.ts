import { type Command, CommanderError, InvalidArgumentError } from 'commander';

/** An error in the arguments of a command, in one line for its user. */
class ArgumentError extends Error {
  override name = 'ArgumentError';
}

/**
 * Reads the arguments after `npm run … --`.
 *
 * @param Refusal the class of the error
 * @returns the options; undefined when only help was requested, which is then printed
 * @throws ArgumentError, or another Refusal, that names the wrong argument
 */
export function readOptions<Options>(
  command: Command,
  args: readonly string[],
  Refusal: new (text: string) => Error = ArgumentError,
): Options | undefined {
  try {
    command
      .configureOutput({ writeErr: () => undefined })
      .exitOverride()
      .parse(args, { from: 'user' });
    return command.opts<Options & Record<string, unknown>>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    const reason = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
    throw new Refusal(`${reason} (${command.name()} --help lists the options)`);
  }
}

/** Reads the arguments of this process. Ends it after the help with 0, and after a wrong argument with 2. */
export function argumentsOrExit<Arguments>(
  read: (args: readonly string[]) => Arguments | undefined,
): Arguments {
  try {
    const asked = read(process.argv.slice(2));
    if (asked !== undefined) return asked;
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    console.error(error.message);
    process.exit(2);
  }
  process.exit(0);
}

/** @returns a parser for commander, which prints what it throws */
export const wholeFrom =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} on.`);
  };
