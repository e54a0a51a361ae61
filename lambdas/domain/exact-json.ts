declare global {
  interface JSON {
    /** Makes a value that `JSON.stringify` writes exactly as given. */
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
    ): unknown;
  }
}

/**
 * Parses JSON so that `JSON.stringify` writes every number as it was, also beyond 2^53 and `1.0`.
 *
 * @throws SyntaxError when it is not JSON; RangeError when it is nested too deep
 * @see https://github.com/tc39/proposal-json-parse-with-source
 */
export const parseExactly = (text: string): unknown =>
  JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source
      ? JSON.rawJSON(source)
      : value,
  );

/** Parses as `parseExactly` does. @returns undefined when it is not JSON, or nested too deep */
export function parseExactlyOrNone(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}
