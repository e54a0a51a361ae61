import { LocalAwsError } from './failure.ts';

/** The lock of the tool's directory: a killed start leaves a process behind that still works on it. */
const locked = /(?:Another CLI|Other CLIs) \(PIDs?=\s*([\d, ]+)\) (?:is|are) currently (?:synthing|reading)/;

/**
 * Explains in one line why the CDK's command line tool failed.
 *
 * @param failure the step that failed, e.g. `The deploy was refused`
 * @param output the whole output of the tool
 */
export function cdkFailure(failure: string, output: string): LocalAwsError {
  const [, holder] = locked.exec(output) ?? [];
  if (holder !== undefined) {
    return new LocalAwsError(
      `An earlier start is still ending (process ${holder.trim()}): try again in a moment.`,
    );
  }
  const [, , built] = output.split(/(\bBundleError: the functions do not build:)/);
  return new LocalAwsError(
    built === undefined
      ? `${failure}: ${reasonIn(output)}`
      : `The functions do not build: ${placesIn(built)}`,
  );
}

/** The most errors to show, since further ones follow from the first. */
const mostErrors = 6;

/** The place and text of each of esbuild's errors. These are not errors of the app's own file. */
function placesIn(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const places = lines.filter((line) => /^\S.*:\d+:\d+: /.test(line));
  if (places.length === 0) return reasonIn(output);
  const more = places.length > mostErrors ? [`and ${places.length - mostErrors} more`] : [];
  return [...places.slice(0, mostErrors), ...more].join(' | ');
}

/** The lines of the tool's output that look like an error; the whole output if none does. */
function reasonIn(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => /(_FAILED\b|❌|^\w*Error\b|\berror\b.*:|‣)/.test(line));
  return [...new Set(telling.length > 0 ? telling : lines.filter((line) => line !== ''))]
    .slice(0, mostErrors)
    .join(' | ');
}
