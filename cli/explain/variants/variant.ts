/** Something that may have happened to a request or to a secret, and what it was before. */
export interface Variant<T> {
  /** Ends the sentence "it verifies …". */
  readonly when: string;
  readonly value: T;
}

/** A variant of a text, as a pair. */
export type TextVariant = readonly [when: string, text: string];

/** Two ways to the same value are told once, and what changes nothing is not tried. */
export function distinct(variants: readonly TextVariant[], own: string): TextVariant[] {
  const seen = new Set([own]);
  return variants.filter(([, text]) => !seen.has(text) && seen.add(text));
}
