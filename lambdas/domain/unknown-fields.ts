import { fieldName } from './issue-text.ts';

/** A field that is not in the schema. */
export interface UnknownField {
  /** The name, if it may be shown. */
  readonly name: string;
  /** The error, without the name. */
  readonly message: string;
}

/**
 * Finds the unknown fields of an object, so that a misspelt name is never silently ignored.
 *
 * @param known the known fields; inherited ones, such as `constructor`, do not count
 */
export function unknownFields(known: object, value: object): readonly UnknownField[] {
  const names = Object.keys(known).toSorted();
  const message =
    names.length === 0 ? 'is unknown; expected none' : `is unknown; expected one of ${names.join(', ')}`;
  return Object.keys(value)
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => ({ name: fieldName(name) || '(an empty name)', message }));
}
