/** Whose a name on the command line is: the stack's own (`publish`, `outbound`), or that of a source. */
type Owner = 'stack' | 'source';

/**
 * How a name is written so that it means one thing: a source may be called like something of the stack.
 *
 * @param others the names of the other owner
 * @returns `publish`; `source:publish` or `stack:publish` where both have that name
 */
export const addressOf = (owner: Owner, name: string, others: readonly string[]): string =>
  others.includes(name) ? `${owner}:${name}` : name;

/** Whether the words of a user may mean it: a name alone may mean one of each. */
export const isAddressed = (words: string, owner: Owner, name: string): boolean =>
  words === name || words === `${owner}:${name}`;

/** The name of the secret that signs what the stack sends, beside the sources' names. */
export const ownSecret = 'outbound';
