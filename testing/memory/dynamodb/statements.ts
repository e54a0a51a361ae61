import type {
  BatchExecuteStatementCommandInput,
  PutCommandInput,
  UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { AwsError } from '../../../lambdas/adapters/aws/errors.ts';
import { ConditionalCheckFailedException } from '../../../lambdas/adapters/dynamodb/errors.ts';
import { invalid, UnknownToStandInError } from './errors.ts';
import { checkParameters } from './requests.ts';
import type { MemoryTable } from './table.ts';
import type { Item } from './values.ts';
import { putItem, updateItem } from './writes.ts';

/** A statement as the call of one write. */
type Write =
  | { readonly kind: 'update'; readonly input: UpdateCommandInput & { readonly TableName: string } }
  | { readonly kind: 'insert'; readonly input: PutCommandInput & { readonly TableName: string } };

interface Response {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Error?: { readonly Code: string; readonly Message: string };
}

const maxStatements = 25;
/** The statements that our adapters make, and no other. */
const updateForm =
  /^UPDATE "([\w.-]+)" ((?:SET|REMOVE) .+) WHERE ((?:"tenant" = \? AND )?"id" = \?) AND \((.+)\) RETURNING ALL NEW \*$/;
const insertForm = /^INSERT INTO "([\w.-]+)" VALUE \{((?:'\w+': \?(?:, )?)+)\}$/;

/** Executes PartiQL statements one by one, each with its own error. A refusal brings no item, as on DynamoDB Local. */
export function executeStatements(
  tableOf: (name: string | undefined) => MemoryTable,
  request: BatchExecuteStatementCommandInput,
): { readonly Responses: readonly Response[] } {
  checkParameters('BatchExecuteStatement', request, ['Statements']);
  const { Statements = [] } = request;
  if (Statements.length === 0 || Statements.length > maxStatements)
    throw invalid(`Member must have length between 1 and ${maxStatements}, not ${Statements.length}`);
  const writes = Statements.map(({ Statement = '', Parameters = [] }) => writeOf(Statement, Parameters));
  const keys = writes.map((write) => `${write.input.TableName}/${JSON.stringify(keyOf(write))}`);
  if (new Set(keys).size < keys.length) throw invalid('Provided list of item keys contains duplicates');
  return { Responses: writes.map((write) => executed(tableOf(write.input.TableName), write)) };
}

function keyOf({ kind, input }: Write): unknown {
  return kind === 'update' ? input.Key : [input.Item?.['tenant'], input.Item?.['id']];
}

function executed(table: MemoryTable, { kind, input }: Write): Response {
  const { TableName } = input;
  try {
    if (kind === 'insert') {
      putItem(table, input);
      return { TableName };
    }
    return { TableName, Item: updateItem(table, input).Attributes };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const isRefused = error instanceof ConditionalCheckFailedException;
    const refusal = kind === 'insert' ? 'DuplicateItem' : 'ConditionalCheckFailed';
    return { TableName, Error: { Code: isRefused ? refusal : 'ValidationError', Message: error.message } };
  }
}

/** A statement without its values, of which it has so many. */
interface Template {
  readonly values: number;
  readonly write: (values: readonly unknown[]) => Write;
}

const templates = new Map<string, Template>();

function writeOf(text: string, parameters: readonly unknown[]): Write {
  const template = templates.get(text) ?? insertOf(text) ?? updateOf(text);
  if (template === undefined) throw new UnknownToStandInError(`the statement ${text}`);
  templates.set(text, template);
  if (parameters.length !== template.values)
    throw invalid(`The statement has ${template.values} parameters, not ${parameters.length}`);
  return template.write(parameters);
}

function insertOf(text: string): Template | undefined {
  const [, TableName, members] = insertForm.exec(text) ?? [];
  if (TableName === undefined || members === undefined) return undefined;
  const names = [...members.matchAll(/'(\w+)'/g)].map(([, name = '']) => name);
  const isNew = {
    ConditionExpression: 'attribute_not_exists(#id)',
    ExpressionAttributeNames: { '#id': 'id' },
  };
  return {
    values: names.length,
    write(values) {
      const Item = Object.fromEntries(names.map((name, nth) => [name, values[nth]]));
      return { kind: 'insert', input: { TableName, Item, ...isNew } };
    },
  };
}

function updateOf(text: string): Template | undefined {
  const [, TableName, clauses = '', where = '', condition = ''] = updateForm.exec(text) ?? [];
  if (TableName === undefined) return undefined;
  const ExpressionAttributeNames: Record<string, string> = {};
  let count = 0;
  const places = new Map<string, number>();
  const expressionOf = (partiql: string): string =>
    partiql
      .replace(/"(\w+)" IS MISSING/g, 'attribute_not_exists("$1")')
      .replace(/"(\w+)" IS NOT MISSING/g, 'attribute_exists("$1")')
      .replace(/"(\w+)"/g, (_, name) => {
        ExpressionAttributeNames[`#${name}`] = name;
        return `#${name}`;
      })
      .replace(/\?/g, () => {
        const name = `:p${count}`;
        places.set(name, count++);
        return name;
      });
  const UpdateExpression = expressionOf(joined(clauses));
  const keys = [...where.matchAll(/"(\w+)"/g)].map(([, name = '']) => [name, count++] as const);
  // UPDATE changes items only.
  const ConditionExpression = expressionOf(`"id" IS NOT MISSING AND (${condition})`);
  const expressions = { UpdateExpression, ConditionExpression, ExpressionAttributeNames };
  return {
    values: count,
    write(values) {
      const Key = Object.fromEntries(keys.map(([name, place]) => [name, values[place]]));
      const given = Object.fromEntries([...places].map(([name, place]) => [name, values[place]]));
      const ExpressionAttributeValues = places.size === 0 ? undefined : given;
      const input = { TableName, Key, ...expressions, ExpressionAttributeValues };
      return { kind: 'update', input: { ...input, ReturnValues: 'ALL_NEW' } };
    },
  };
}

/** `SET a SET b REMOVE c REMOVE d` as an update expression has it: `SET a, b REMOVE c, d`. */
function joined(clauses: string): string {
  const parts = clauses.split(/ (?=(?:SET|REMOVE) ")/);
  const listOf = (word: string): string => {
    const own = parts
      .filter((part) => part.startsWith(`${word} `))
      .map((part) => part.slice(word.length + 1));
    return own.length === 0 ? '' : `${word} ${own.join(', ')}`;
  };
  return `${listOf('SET')} ${listOf('REMOVE')}`.trim();
}
