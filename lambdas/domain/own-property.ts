/** Looks up a name that comes from outside. Ignores inherited properties such as `constructor`. */
export const ownOf = <Entry>(table: Readonly<Record<string, Entry>>, name: string): Entry | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
