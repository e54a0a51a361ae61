import {
  type AttributeMap,
  attributeMap,
  plainValues,
} from '../../lambdas/adapters/dynamodb/attribute-values.ts';
import {
  BatchExecuteStatementCommand,
  BatchGetCommand,
  DeleteCommand,
  type DynamodbClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '../../lambdas/adapters/dynamodb/commands.ts';

// The other side of `lambdas/adapters/dynamodb/wire.ts`: requests as a server reads them, and its responses.

type Fields = Readonly<Record<string, unknown>>;

const commands = {
  GetItem: GetCommand,
  PutItem: PutCommand,
  UpdateItem: UpdateCommand,
  DeleteItem: DeleteCommand,
  Query: QueryCommand,
  Scan: ScanCommand,
  BatchGetItem: BatchGetCommand,
  BatchExecuteStatement: BatchExecuteStatementCommand,
} as const;

const isKnown = (action: string): action is keyof typeof commands => action in commands;

/** Answers a call in DynamoDB's JSON. @throws the error that the client throws, or an Error over an unknown action */
export async function answerInJson(client: DynamodbClient, action: string, input: object): Promise<object> {
  if (!isKnown(action)) throw new Error(`the bench's DynamoDB does not know ${action}`);
  // The request has the shape that the API states for the action; the stand-in refuses what it does not know.
  const command = new commands[action](plainInput(input) as never);
  return wiredOutput(await client.send<object>(command as never));
}

function plainInput(input: object): object {
  const plain: Record<string, unknown> = { ...input };
  for (const name of ['Key', 'Item', 'ExpressionAttributeValues', 'ExclusiveStartKey'])
    if (plain[name] !== undefined) plain[name] = plainMap(plain[name]);
  const { RequestItems, Statements } = plain;
  if (RequestItems !== undefined)
    plain['RequestItems'] = eachTable(RequestItems, (request) => ({
      ...Object(request),
      Keys: listIn(request, 'Keys').map(plainMap),
    }));
  if (Array.isArray(Statements))
    plain['Statements'] = Statements.map((statement: unknown) => ({
      ...Object(statement),
      Parameters: Object.values(plainMap({ ...listIn(statement, 'Parameters') })),
    }));
  return plain;
}

function wiredOutput(output: object): object {
  const wired: Record<string, unknown> = { ...output };
  for (const name of ['Item', 'Attributes', 'LastEvaluatedKey'])
    if (wired[name] !== undefined) wired[name] = wiredMap(wired[name]);
  const { Items, Responses, UnprocessedKeys } = wired;
  if (Array.isArray(Items)) wired['Items'] = Items.map(wiredMap);
  if (Array.isArray(Responses))
    wired['Responses'] = Responses.map((one: unknown) => {
      const { Item, ...rest } = Object(one);
      return { ...rest, ...(Item !== undefined && { Item: wiredMap(Item) }) };
    });
  else if (Responses !== undefined)
    wired['Responses'] = eachTable(Responses, (items) =>
      Array.isArray(items) ? items.map(wiredMap) : items,
    );
  if (UnprocessedKeys !== undefined)
    wired['UnprocessedKeys'] = eachTable(UnprocessedKeys, (request) => ({
      ...Object(request),
      Keys: listIn(request, 'Keys').map(wiredMap),
    }));
  return wired;
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isMap = (value: unknown): value is AttributeMap => isFields(value);
const plainMap = (map: unknown): Record<string, unknown> => (isMap(map) ? plainValues(map) : {});
const wiredMap = (values: unknown): AttributeMap => (isFields(values) ? attributeMap(values) : {});
const eachTable = (tables: unknown, convert: (value: unknown) => unknown): Fields =>
  Object.fromEntries(Object.entries(Object(tables)).map(([table, value]) => [table, convert(value)]));

function listIn(holder: unknown, name: string): readonly unknown[] {
  const list: unknown = Object(holder)[name];
  return Array.isArray(list) ? list : [];
}
