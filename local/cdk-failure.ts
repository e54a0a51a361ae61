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
  const [, , built] = output.split(/(\bBundleError: the functions do not build:)/);
  return new LocalAwsError(
    built === undefined
      ? `${failure}: ${reasonIn(output)}`
      : `The functions do not build: ${placesIn(built)}`,
  );
}

/** More errors than this follow from the first ones. */
const mostErrors = 6;

/** What esbuild says of a build: where, and what is wrong. It is no fault of the app's own file. */
function placesIn(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const places = lines.filter((line) => /^\S.*:\d+:\d+: /.test(line));
  if (places.length === 0) return reasonIn(output);
  const more = places.length > mostErrors ? [`and ${places.length - mostErrors} more`] : [];
  return [...places.slice(0, mostErrors), ...more].join(' | ');
}

/** The lines of the tool's output that say what was wrong; all of it when none looks like that. */
function reasonIn(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => /(_FAILED\b|❌|^\w*Error\b|\berror\b.*:|‣)/.test(line));
  return [...new Set(telling.length > 0 ? telling : lines.filter((line) => line !== ''))]
    .slice(0, mostErrors)
    .join(' | ');
}
