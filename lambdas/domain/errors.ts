/**
 * Turns a thrown value into an Error that can be logged.
 *
 * A value that is not an Error becomes `thrown: …`. Names only the type of an object or a function, since it may contain a
 * payload or have no text.
 */
export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(`thrown: ${printable(thrown)}`);

const printable = (value: unknown): string =>
  typeof value === 'object' || typeof value === 'function' ? typeof value : String(value);
