/** A fault that stops the local AWS, with a message of one line for the person who started it. */
export class LocalAwsError extends Error {
  override name = 'LocalAwsError' as const;
}

/** The line for anything that went wrong: our own message as it is, a bug with its stack. */
export function describeFailure(error: unknown): string {
  if (error instanceof LocalAwsError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
