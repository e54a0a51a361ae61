import type { Item } from './item-size.ts';

/** A PartiQL statement of a batch, in DynamoDB's JSON. */
export interface AskedStatement {
  readonly Statement: string;
  readonly Parameters: readonly Item[string][];
}

/**
 * The table and key that a statement of our adapters writes to.
 *
 * @throws Error over a statement of another form
 */
export function keyOfStatement({ Statement, Parameters }: AskedStatement) {
  const TableName = /^(?:UPDATE|INSERT INTO) "([^"]+)"/.exec(Statement)?.[1];
  if (TableName === undefined) throw new Error(`this statement is not of our adapters: ${Statement}`);
  const [before = '', key = ''] = Statement.startsWith('UPDATE')
    ? Statement.split(' WHERE ')
    : ['', Statement];
  const first = before.split('?').length - 1;
  const names = [...key.matchAll(/["'](\w+)["'](?: =|:) \?/g)].map(([, name = '']) => name);
  const Key: Record<string, Item[string]> = {};
  for (const name of ['tenant', 'id']) {
    const value = Parameters[first + names.indexOf(name)];
    if (names.includes(name) && value !== undefined) Key[name] = value;
  }
  return { TableName, Key };
}
