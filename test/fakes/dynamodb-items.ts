type Attribute = Readonly<Record<string, unknown>>;

/** An item as DynamoDB answers it, of plain values; what is undefined is not there. */
export const dynamodbItem = (item: object): Readonly<Record<string, Attribute>> =>
  Object.fromEntries(
    Object.entries(item).flatMap(([name, value]) => (value === undefined ? [] : [[name, attribute(value)]])),
  );

function attribute(value: unknown): Attribute {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(attribute) };
  return value === null ? { NULL: true } : { M: dynamodbItem(Object(value)) };
}

/** Tables with one item each, by their names: what reads of items answer. */
export const itemsOf =
  (tables: Readonly<Record<string, object>>) =>
  ({ TableName }: Readonly<Record<string, unknown>>) => {
    const item = tables[String(TableName)];
    return item === undefined ? {} : { Item: dynamodbItem(item), Items: [dynamodbItem(item)] };
  };
