import { LocalAwsError } from './failure.ts';

/** The tool locks its directory, and a killed start leaves one behind that still works on it. */
const locked = /(?:Another CLI|Other CLIs) \(PIDs?=\s*([\d, ]+)\) (?:is|are) currently (?:synthing|reading)/;

/**
 * Says in one line why the CDK's command line tool failed.
 *
 * @param failure what did not work, as `The deploy was refused`
 * @param output of the tool, all of it
 */
export function cdkFailure(failure: string, output: string): LocalAwsError {
  const [, holder] = locked.exec(output) ?? [];
  if (holder !== undefined) {
    return new LocalAwsError(
      `An earlier start is still ending (process ${holder.trim()}): try again in a moment.`,
    );
  }
  return new LocalAwsError(`${failure}: ${reasonIn(output)}`);
}

/** The lines of the tool's output that say what was wrong; all of it when none looks like that. */
function reasonIn(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => /(_FAILED\b|❌|^\w*Error\b|\berror\b.*:|‣)/.test(line));
  return [...new Set(telling.length > 0 ? telling : lines.filter((line) => line !== ''))]
    .slice(0, 6)
    .join(' | ');
}
