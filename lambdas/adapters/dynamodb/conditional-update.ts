import { type DynamodbClient, UpdateCommand } from './commands.ts';
import { ConditionalCheckFailedException } from './errors.ts';
import { gathered, isGathering } from './gathered-writes.ts';
import { plainItem } from './plain-item.ts';
import { updateStatement } from './statements.ts';

/** One conditional update of one item, in DynamoDB's own expressions; `#name` stands for the attribute of that name. */
export interface ConditionalUpdate {
  readonly id: string;
  /** For a table whose key is tenant and id. */
  readonly tenant?: string;
  /** Attributes to set; undefined removes the attribute. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Assignments that compute, e.g. `#claims = #claims + :one`. */
  readonly assign?: readonly string[];
  /** Attributes whose names are not fixed: `#name` stands for the attribute that it is given here. */
  readonly names?: Readonly<Record<string, string>>;
  /** Clauses of another kind, e.g. `DELETE #open :member`. */
  readonly more?: string;
  /** Without a condition the update always writes, even if the item does not exist. */
  readonly condition?: string;
  /** The condition holds for an item that exists only, has neither `NOT` nor `<>`, and nothing assigns by `if_not_exists`. */
  readonly changesOnly?: true;
  readonly values: Readonly<Record<string, unknown>>;
}

/** The item as written, or the item that refused the write. */
export type Written =
  | { readonly ok: true; readonly item: unknown }
  | { readonly ok: false; readonly item: unknown };

/** Writes conditionally. A refusal returns the item (undefined when it does not exist), so no read follows. */
export function updateIf(client: DynamodbClient, table: string, update: ConditionalUpdate): Promise<Written> {
  const single = () => updateAlone(client, table, update);
  const statement = isGathering(client) ? updateStatement(table, update) : undefined;
  if (statement === undefined) return single();
  return gathered(client, { key: `${table}/${update.tenant}/${update.id}`, statement, single });
}

async function updateAlone(
  client: DynamodbClient,
  table: string,
  update: ConditionalUpdate,
): Promise<Written> {
  try {
    const { Attributes } = await client.send(new UpdateCommand({ TableName: table, ...expressions(update) }));
    return { ok: true, item: Attributes };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { ok: false, item: error.Item && plainItem(error.Item) };
  }
}

function expressions(update: ConditionalUpdate) {
  const { id, tenant, set = {}, assign = [], more = '', condition, values, names = {} } = update;
  const attributes = Object.keys(set);
  const kept = attributes.filter((name) => set[name] !== undefined);
  const removed = attributes.filter((name) => set[name] === undefined);
  const aliases = Object.entries(names).map(([name, attribute]) => [`#${name}`, attribute]);
  const assignments = [...kept.map((name) => `#${name} = :set_${name}`), ...assign];
  const UpdateExpression = [
    assignments.length > 0 ? `SET ${assignments.join(', ')}` : '',
    removed.length > 0 ? `REMOVE ${removed.map((name) => `#${name}`).join(', ')}` : '',
    more,
  ].join(' ');
  return {
    Key: tenant === undefined ? { id } : { tenant, id },
    UpdateExpression,
    ConditionExpression: condition,
    ExpressionAttributeNames: {
      ...namesIn(`${UpdateExpression} ${condition ?? ''}`),
      ...Object.fromEntries(aliases),
    },
    ...withValues([
      ...kept.map((name) => [`:set_${name}`, set[name]] as const),
      ...Object.entries(values).map(([name, value]) => [`:${name}`, value] as const),
    ]),
    ReturnValues: 'ALL_NEW' as const,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

const knownNames = new Map<string, Record<string, string>>();

/** The names that an expression mentions; each text is read once, and there are as many as there are kinds of updates. */
function namesIn(expression: string): Record<string, string> {
  const known = knownNames.get(expression);
  if (known !== undefined) return known;
  const mentioned = [...expression.matchAll(/#(\w+)/g)];
  const names = Object.fromEntries(mentioned.map(([alias, name]) => [alias, name ?? '']));
  knownNames.set(expression, names);
  return names;
}

/** DynamoDB refuses an empty map of values. */
const withValues = (values: readonly (readonly [string, unknown])[]) =>
  values.length === 0 ? {} : { ExpressionAttributeValues: Object.fromEntries(values) };
