import {
  type AttributeMap,
  type AttributeValue,
  attributeMap,
  attributeValue,
  plainValues,
} from './attribute-values.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Converts the plain values in a command's input to DynamoDB's, wherever the API has values. @throws UnstorableValueError */
export function wireInput(input: object): object {
  const wired: Record<string, unknown> = { ...input };
  for (const name of ['Key', 'Item', 'ExpressionAttributeValues', 'ExclusiveStartKey'])
    if (isFields(wired[name])) wired[name] = attributeMap(wired[name]);
  const { RequestItems, Statements } = wired;
  if (isFields(RequestItems)) wired['RequestItems'] = eachTable(RequestItems, wiredKeys);
  if (Array.isArray(Statements)) wired['Statements'] = Statements.map(wiredStatement);
  return wired;
}

/** Converts DynamoDB's values in a response to plain ones. */
export function plainOutput<Output>(response: unknown): Output {
  const output: Record<string, unknown> = { ...Object(response) };
  for (const name of ['Item', 'Attributes', 'LastEvaluatedKey'])
    if (isMap(output[name])) output[name] = plainValues(output[name]);
  const { Items, Responses, UnprocessedKeys } = output;
  if (Array.isArray(Items)) output['Items'] = Items.map(plainValues);
  if (Array.isArray(Responses)) output['Responses'] = Responses.map(plainResponse);
  else if (isFields(Responses))
    output['Responses'] = eachTable(Responses, (items) =>
      Array.isArray(items) ? items.map(plainValues) : items,
    );
  if (isFields(UnprocessedKeys)) output['UnprocessedKeys'] = eachTable(UnprocessedKeys, plainKeys);
  // The service's answer to a command has the shape that the API states for it; its adapter parses the items.
  return output as Output;
}

const eachTable = (tables: Fields, convert: (value: unknown) => unknown): Fields =>
  Object.fromEntries(Object.entries(tables).map(([table, value]) => [table, convert(value)]));

const wiredKeys = (request: unknown): unknown => withKeys(request, attributeMap);
const plainKeys = (request: unknown): unknown => withKeys(request, plainValues);

function withKeys(request: unknown, convert: (key: AttributeMap) => unknown): unknown {
  const { Keys, ...rest } = Object(request);
  return Array.isArray(Keys) ? { ...rest, Keys: Keys.map(convert) } : request;
}

function wiredStatement(statement: unknown): unknown {
  const { Parameters, ...rest } = Object(statement);
  return Array.isArray(Parameters)
    ? { ...rest, Parameters: Parameters.map((value: unknown): AttributeValue => attributeValue(value)) }
    : statement;
}

/** The response to one statement of several. */
function plainResponse(response: unknown): unknown {
  const { Item, Error: error, ...rest } = Object(response);
  return {
    ...rest,
    ...(isMap(Item) && { Item: plainValues(Item) }),
    ...(error !== undefined && { Error: plainError(error) }),
  };
}

function plainError(error: unknown): unknown {
  const { Item } = Object(error);
  return isMap(Item) ? { ...Object(error), Item: plainValues(Item) } : error;
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isMap = (value: unknown): value is AttributeMap => isFields(value);
