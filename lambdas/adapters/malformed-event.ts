/** A function was invoked with another event than its trigger sends. */
export class MalformedEventError extends Error {
  override name = 'MalformedEventError' as const;
}
