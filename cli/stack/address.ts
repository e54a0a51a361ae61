/** What a name on the command line belongs to: the stack (`publish`, `outbound`) or a source. */
type Owner = 'stack' | 'source';

/**
 * Writes a name so that it means one thing: a source may have the same name as a queue or secret of the stack.
 *
 * @param others the names of the other owner
 * @returns `publish`; `source:publish` or `stack:publish` where both have that name
 */
export const addressOf = (owner: Owner, name: string, others: readonly string[]): string =>
  others.includes(name) ? `${owner}:${name}` : name;

/** Whether a user's words may mean this thing. A name without an owner may mean one of each. */
export const isAddressed = (words: string, owner: Owner, name: string): boolean =>
  words === name || words === `${owner}:${name}`;

/** The command line's name for the stack's signing secret, beside the names of the sources. */
export const ownSecret = 'outbound';
