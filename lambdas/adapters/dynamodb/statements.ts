import type { ConditionalUpdate } from './conditional-update.ts';

/** A PartiQL statement of one write, with the values of its question marks. */
export interface Statement {
  readonly Statement: string;
  readonly Parameters: unknown[];
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD';
}

/**
 * Writes a conditional update as a statement, which never creates an item.
 *
 * @returns undefined for an update that may create its item, or needs what PartiQL has not
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.update.html
 */
export function updateStatement(table: string, update: ConditionalUpdate): Statement | undefined {
  const { id, tenant, set = {}, assign = [], more, condition, changesOnly, values } = update;
  if (changesOnly !== true || condition === undefined || more !== undefined) return undefined;
  const parameters: unknown[] = [];
  const written = (expression: string): string => {
    const { text, names } = partiqlOf(expression);
    for (const name of names) parameters.push(values[name]);
    return text;
  };
  const clauses: string[] = [];
  for (const [name, value] of Object.entries(set)) {
    if (value === undefined) continue;
    clauses.push(`SET "${name}" = ?`);
    parameters.push(value);
  }
  for (const assignment of assign) clauses.push(`SET ${written(assignment)}`);
  for (const name of Object.keys(set)) if (set[name] === undefined) clauses.push(`REMOVE "${name}"`);
  if (tenant !== undefined) parameters.push(tenant);
  parameters.push(id);
  const key = tenant === undefined ? '"id" = ?' : '"tenant" = ? AND "id" = ?';
  return {
    Statement: `UPDATE "${table}" ${clauses.join(' ')} WHERE ${key} AND (${written(condition)}) RETURNING ALL NEW *`,
    Parameters: parameters,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

/** Writes an item as a statement, which is refused as a duplicate when there is one, expired or not. */
export function insertStatement(table: string, item: Readonly<Record<string, unknown>>): Statement {
  const names = Object.keys(item).filter((name) => item[name] !== undefined);
  return {
    Statement: `INSERT INTO "${table}" VALUE {${names.map((name) => `'${name}': ?`).join(', ')}}`,
    Parameters: names.map((name) => item[name]),
  };
}

interface Partiql {
  readonly text: string;
  /** Of its values, in order. */
  readonly names: readonly string[];
}

const known = new Map<string, Partiql>();

/** An expression in PartiQL. Each is translated once, and there are as many as there are kinds of updates. */
function partiqlOf(expression: string): Partiql {
  const found = known.get(expression) ?? translated(expression);
  known.set(expression, found);
  return found;
}

function translated(expression: string): Partiql {
  const names: string[] = [];
  const text = expression
    .replace(/attribute_not_exists\((#\w+)\)/g, '$1 IS MISSING')
    .replace(/attribute_exists\((#\w+)\)/g, '$1 IS NOT MISSING')
    .replace(/#(\w+)/g, '"$1"')
    .replace(/:(\w+)/g, (_, name) => {
      names.push(name);
      return '?';
    });
  return { text, names };
}
