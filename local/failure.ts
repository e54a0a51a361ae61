/** A fault that stops the local AWS. Its message is one line for the person who started it. */
export class LocalAwsError extends Error {
  override name = 'LocalAwsError' as const;
}

/** Describes any error: our own by its message, a bug with its stack. */
export function describeFailure(error: unknown): string {
  if (error instanceof LocalAwsError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
