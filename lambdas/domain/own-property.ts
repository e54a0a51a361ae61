/** What a table has under a name that came from outside: `constructor` and its like are in no table. */
export const ownOf = <Entry>(table: Readonly<Record<string, Entry>>, name: string): Entry | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
