import { mappedStack } from './mapped-stack.ts';

/** More causes in a row than any real error has; a chain may be circular. */
const maxCauses = 5;
/** The place in a frame's parentheses. */
const place = /\(([^()]*?):(\d+?):\d+?\)\\?$/m;

/**
 * An error as log lines have it, with files and lines of the source.
 *
 * Never throws, even for a value that is not an Error.
 */
export function describedError(error: Error, depth = 0): Record<string, unknown> {
  if (depth >= maxCauses) return { message: 'more causes' };
  try {
    const { name, message, cause } = error;
    const stack = typeof error.stack === 'string' ? mappedStack(error.stack) : '';
    const [, file, row] = place.exec(stack) ?? [];
    const known = {
      name,
      location: file === undefined ? '' : `${file}:${row}`,
      message,
      stack,
      cause: cause instanceof Error ? describedError(cause, depth + 1) : cause,
    };
    return { ...error, ...known };
  } catch {
    return { message: 'an error that cannot be read' };
  }
}
