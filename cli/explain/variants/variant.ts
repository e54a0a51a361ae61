/** A possible change of a request or secret, and the value before it. */
export interface Variant<T> {
  /** Ends the sentence "it verifies …". */
  readonly when: string;
  readonly value: T;
}

/** A variant of a text, as a pair. */
export type TextVariant = readonly [when: string, text: string];

/** Removes variants with the same value, and those equal to the original. */
export function distinct(variants: readonly TextVariant[], own: string): TextVariant[] {
  const seen = new Set([own]);
  return variants.filter(([, text]) => !seen.has(text) && seen.add(text));
}
