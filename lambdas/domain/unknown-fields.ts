import { fieldName } from './issue-text.ts';

/** A field that nothing reads. */
export interface UnknownField {
  /** As it may be shown. */
  readonly name: string;
  /** What is wrong, without the name. */
  readonly message: string;
}

/**
 * Finds the fields of an object that are not among the known ones: a slip in a name is not left out in silence.
 *
 * @param known fields by name; inherited ones, such as `constructor`, do not count
 */
export function unknownFields(known: object, value: object): readonly UnknownField[] {
  const names = Object.keys(known).toSorted();
  const message =
    names.length === 0 ? 'is unknown; expected none' : `is unknown; expected one of ${names.join(', ')}`;
  return Object.keys(value)
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => ({ name: fieldName(name) || '(an empty name)', message }));
}
