import { text } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as queues from '@aws-sdk/client-sqs';
import * as sdk from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signer } from '../../../lambdas/adapters/aws/signature.ts';
import { patientCalls } from '../../../lambdas/adapters/call-bounds.ts';
import { dynamoClient } from '../../../lambdas/adapters/dynamodb/client.ts';
import * as own from '../../../lambdas/adapters/dynamodb/commands.ts';
import { sqsClient } from '../../../lambdas/adapters/sqs/client.ts';
import * as ownQueues from '../../../lambdas/adapters/sqs/commands.ts';
import { awsVariables, clientConfig } from '../../../local/endpoint.ts';
import { httpServer, type LocalServer } from '../../support/worlds/local-server.ts';

// The functions' client and the SDK make the same calls of one server: they must send the same, and read the same.

let server: LocalServer;
let answer: string;
let requests: { readonly headers: NodeJS.Dict<string | string[]>; readonly body: string }[] = [];
let clients: ReturnType<typeof clientsAt>;

beforeAll(async () => {
  server = await httpServer(async (request, response) => {
    requests.push({ headers: request.headers, body: await text(request) });
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(answer);
  });
  clients = clientsAt(new URL(server.url).origin);
});
afterAll(() => server[Symbol.dispose]());

function clientsAt(url: string) {
  const marshallOptions = { removeUndefinedValues: true };
  return {
    sdkTable: sdk.DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig({ url })), { marshallOptions }),
    ownTable: dynamoClient(patientCalls, awsVariables({ url })),
    sdkQueue: new queues.SQSClient({ ...clientConfig({ url }), useQueueUrlAsEndpoint: false, md5: false }),
    ownQueue: sqsClient(patientCalls, awsVariables({ url })),
  };
}

interface Outcome {
  readonly value?: unknown;
  /** Only that there is one: its text is each client's own. */
  readonly isError?: true;
}

const outcomeOf = async (sent: () => Promise<object>): Promise<Outcome> => {
  try {
    const { $metadata: _, ...value } = (await sent()) as { $metadata?: unknown };
    return { value: present(value) };
  } catch {
    return { isError: true };
  }
};
/** Without fields that are undefined, which the SDK adds. */
const present = (output: object) =>
  Object.fromEntries(Object.entries(output).filter(([, value]) => value !== undefined));

/** Makes a call by both clients. @returns what each sent and read */
async function both(theirs: () => Promise<object>, ours: () => Promise<object>) {
  requests = [];
  const read = [await outcomeOf(theirs), await outcomeOf(ours)];
  const sent = requests.map(({ headers, body }) => ({
    target: headers['x-amz-target'],
    type: headers['content-type'],
    body: JSON.parse(body) as unknown,
  }));
  return { read, sent };
}

/** Values that are stored, and some that the SDK refuses. */
const scalar = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.double(),
  fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }),
  fc.boolean(),
  fc.constantFrom(null, undefined, '', 0, -0, 1e-7, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY),
  fc.uint8Array({ maxLength: 40 }),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  fc.constant(() => 'a function'),
  fc.constantFrom(new Set(), new Set([undefined]), Symbol('a'), new Date(0), new URL('http://a')),
);
const sets = fc.oneof(
  fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 4 }).map((all) => new Set(all)),
  fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 4 }).map((all) => new Set(all)),
  fc.array(fc.uint8Array({ maxLength: 8 }), { minLength: 1, maxLength: 3 }).map((all) => new Set(all)),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, sets, tie('list'), tie('map'), tie('keyed')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  keyed: fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 3 }).map((all) => new Map(all)),
}));
const item = fc.dictionary(fc.string(), value, { maxKeys: 5 });

it('an item is written as the SDK writes it, or refused by both', async () => {
  answer = '{}';
  await fc.assert(
    fc.asyncProperty(item, async (Item) => {
      const input = { TableName: 't', Item, ConditionExpression: undefined };
      const { sent, read } = await both(
        () => clients.sdkTable.send(new sdk.PutCommand(input)),
        () => clients.ownTable.send(new own.PutCommand(input)),
      );
      expect(read[1]).toEqual(read[0]);
      expect(sent.length).toBe(read[0]?.isError ? 0 : 2);
      expect(sent[1]).toEqual(sent[0]);
    }),
    { numRuns: 300 },
  );
});

const values = { ':a': 1, ':b': undefined, ':c': new Set(['x']) };
const get = { TableName: 't', Key: { id: 'a', n: 1 }, ConsistentRead: true };
const write = { TableName: 't', Key: { id: 'a' }, ExpressionAttributeValues: values };
const update = { ...write, UpdateExpression: 'SET #a = :a', ExpressionAttributeNames: { '#a': 'a' } };
const list = { TableName: 't', ExpressionAttributeValues: values, ExclusiveStartKey: { n: 2 }, Limit: 3 };
const batch = {
  RequestItems: { t: { Keys: [{ id: 'a' }, { id: 'b' }], ConsistentRead: true }, u: { Keys: [{ n: 1 }] } },
};
const statements = {
  Statements: [{ Statement: 'UPDATE', Parameters: ['a', 1, null, ['x'], { m: 1 }] }, { Statement: 'SELECT' }],
};

/** Each action, by the SDK and by us. */
const calls: Readonly<Record<string, readonly [() => Promise<object>, () => Promise<object>]>> = {
  GetItem: [
    () => clients.sdkTable.send(new sdk.GetCommand(get)),
    () => clients.ownTable.send(new own.GetCommand(get)),
  ],
  UpdateItem: [
    () => clients.sdkTable.send(new sdk.UpdateCommand(update)),
    () => clients.ownTable.send(new own.UpdateCommand(update)),
  ],
  DeleteItem: [
    () => clients.sdkTable.send(new sdk.DeleteCommand(write)),
    () => clients.ownTable.send(new own.DeleteCommand(write)),
  ],
  Query: [
    () => clients.sdkTable.send(new sdk.QueryCommand(list)),
    () => clients.ownTable.send(new own.QueryCommand(list)),
  ],
  Scan: [
    () => clients.sdkTable.send(new sdk.ScanCommand(list)),
    () => clients.ownTable.send(new own.ScanCommand(list)),
  ],
  BatchGetItem: [
    () => clients.sdkTable.send(new sdk.BatchGetCommand(batch)),
    () => clients.ownTable.send(new own.BatchGetCommand(batch)),
  ],
  BatchExecuteStatement: [
    () => clients.sdkTable.send(new sdk.BatchExecuteStatementCommand(statements)),
    () => clients.ownTable.send(new own.BatchExecuteStatementCommand(statements)),
  ],
};

const stored = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.string({ unit: 'binary' }).map((S) => ({ S })),
    fc
      .oneof(
        fc.integer().map(String),
        fc.bigInt({ min: -(10n ** 37n), max: 10n ** 37n }).map(String),
        fc.constantFrom('1E-7', '0.1', '-0', '1E100'),
      )
      .map((N) => ({ N })),
    fc.boolean().map((BOOL) => ({ BOOL })),
    fc.constant({ NULL: true }),
    fc.base64String().map((B) => ({ B })),
    fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 3 }).map((SS) => ({ SS })),
    fc.uniqueArray(fc.integer().map(String), { minLength: 1, maxLength: 3 }).map((NS) => ({ NS })),
    fc.array(fc.base64String(), { minLength: 1, maxLength: 3 }).map((BS) => ({ BS })),
    fc.array(tie('value'), { maxLength: 3 }).map((L) => ({ L })),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }).map((M) => ({ M })),
  ),
}));
const storedItem = fc.dictionary(
  fc.string().filter((name) => name !== '__proto__'),
  stored.value,
  { maxKeys: 4 },
);
const answers = fc.record({
  Item: storedItem,
  Attributes: storedItem,
  Items: fc.array(storedItem, { maxLength: 2 }),
  LastEvaluatedKey: storedItem,
  Count: fc.nat(),
});

type Given = typeof answers extends fc.Arbitrary<infer T> ? T : never;

/** The fields of an answer that an action has; the SDK ignores the others. */
function answerOf(action: string, { Item, Attributes, Items, LastEvaluatedKey, Count }: Given) {
  if (action === 'GetItem') return { Item };
  if (action === 'UpdateItem' || action === 'DeleteItem') return { Attributes };
  if (action === 'Query' || action === 'Scan') return { Items, LastEvaluatedKey, Count };
  if (action === 'BatchGetItem')
    return { Responses: { t: Items, u: [] }, UnprocessedKeys: { t: { Keys: Items, ConsistentRead: true } } };
  const refused = { Code: 'ConditionalCheckFailed', Message: 'no', Item: Attributes };
  return { Responses: [{ TableName: 't', Item }, { Error: refused }, { TableName: 't' }] };
}

it.each(Object.entries(calls))(
  '%s sends what the SDK sends, and reads what the SDK reads',
  async (action, call) => {
    await fc.assert(
      fc.asyncProperty(answers, async (given) => {
        answer = JSON.stringify(answerOf(action, given));
        const { sent, read } = await both(...call);
        expect(sent).toHaveLength(2);
        expect(sent[1]).toEqual(sent[0]);
        expect(read[1]).toEqual(read[0]);
      }),
      { numRuns: 40 },
    );
  },
);

it('messages are sent as the SDK sends them', async () => {
  answer = '{"Successful":[],"Failed":[]}';
  const messages = fc.array(
    fc.record({ body: fc.string({ unit: 'binary' }), delay: fc.option(fc.nat(900), { nil: undefined }) }),
    { minLength: 1, maxLength: 10 },
  );
  await fc.assert(
    fc.asyncProperty(messages, async (given) => {
      const Entries = given.map(({ body, delay }, index) => ({
        Id: String(index),
        MessageBody: body,
        DelaySeconds: delay,
        MessageAttributes: { source: { DataType: 'String', StringValue: 'stripe' } },
      }));
      const input = { QueueUrl: 'https://sqs.us-east-1.amazonaws.com/1/q', Entries };
      const { sent, read } = await both(
        () => clients.sdkQueue.send(new queues.SendMessageBatchCommand(input)),
        () => clients.ownQueue.send(new ownQueues.SendMessageBatchCommand(input)),
      );
      expect(sent[1]).toEqual(sent[0]);
      expect(read[1]).toEqual(read[0]);
    }),
    { numRuns: 60 },
  );
});

it('our signature of a request that the SDK sent is the SDK’s', async () => {
  answer = '{}';
  requests = [];
  await clients.sdkTable.send(new sdk.GetCommand({ TableName: 't', Key: { id: 'ä' } }));
  const [{ headers, body } = { headers: {}, body: '' }] = requests;
  const authorization = String(headers['authorization']);
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
  const signed = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
  const by = { accessKeyId: 'test', secretAccessKey: 'test' };

  expect(names).toContain('x-amz-target');
  expect(
    signer('dynamodb', 'us-east-1')(
      { method: 'POST', headers: signed, body },
      String(headers['x-amz-date']),
      by,
    ),
  ).toBe(authorization);
});
