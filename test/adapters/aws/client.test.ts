import { createHash } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { AwsError, MalformedResponseError, TimeoutError } from '../../../lambdas/adapters/aws/errors.ts';
import { dynamoClient } from '../../../lambdas/adapters/dynamodb/client.ts';
import { BatchGetCommand, GetCommand, UpdateCommand } from '../../../lambdas/adapters/dynamodb/commands.ts';
import { ConditionalCheckFailedException } from '../../../lambdas/adapters/dynamodb/errors.ts';
import { secretsClient } from '../../../lambdas/adapters/secrets/client.ts';
import { GetSecretValueCommand } from '../../../lambdas/adapters/secrets/commands.ts';
import { sqsClient } from '../../../lambdas/adapters/sqs/client.ts';
import { SendMessageBatchCommand, SendMessageCommand } from '../../../lambdas/adapters/sqs/commands.ts';
import { awsVariables } from '../../../local/endpoint.ts';
import { httpServer, rawServer } from '../../support/worlds/local-server.ts';

/** Quick enough for a test, with two attempts. */
const bounds = { connectionTimeoutMs: 300, requestTimeoutMs: 300, maxAttempts: 2 };

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object | string;
}
type Headers = NodeJS.Dict<string | string[]>;

/** An AWS that gives these answers in turn, the last one again and again; `reset` breaks the connection, `hang` never answers. */
async function awsOf(...answers: (Answer | 'reset' | 'hang')[]) {
  const requests: { readonly headers: Headers; readonly body: string }[] = [];
  const sockets = new Set<unknown>();
  const server = await httpServer(async (request, response) => {
    sockets.add(request.socket);
    const body = await text(request);
    const answer = answers[Math.min(requests.length, answers.length - 1)] ?? 'hang';
    requests.push({ headers: request.headers, body });
    if (answer === 'hang') return;
    if (answer === 'reset') return void request.socket.resetAndDestroy();
    const content = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    response.writeHead(answer.status ?? 200, answer.headers).end(content);
  });
  onTestFinished(() => server[Symbol.dispose]());
  const environment = awsVariables({ url: new URL(server.url).origin });
  return { requests, sockets, environment, table: dynamoClient(bounds, environment) };
}

const get = new GetCommand({ TableName: 't', Key: { id: 'a' } });
const errorOf = (sent: Promise<unknown>) => sent.catch((error: unknown) => error);
const refusal = {
  __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
  message: 'The conditional request failed',
  Item: { id: { S: 'a' } },
};

it('calls of a table share a kept connection', async () => {
  const { table, requests, sockets } = await awsOf({ body: { Item: { id: { S: 'a' }, n: { N: '7' } } } });

  expect(await table.send(get)).toEqual({ Item: { id: 'a', n: 7 } });
  await table.send(get);
  expect([requests.length, sockets.size]).toEqual([2, 1]);
  expect(requests[0]).toMatchObject({
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.GetItem',
      'user-agent': 'hookline',
    },
    body: '{"TableName":"t","Key":{"id":{"S":"a"}}}',
  });
});

it('a refused write has the item that refused it, and is not repeated', async () => {
  const { table, requests } = await awsOf({
    status: 400,
    headers: { 'x-amzn-requestid': 'r1' },
    body: refusal,
  });

  const error = await errorOf(table.send(new UpdateCommand({ TableName: 't', Key: { id: 'a' } })));

  expect(error).toBeInstanceOf(ConditionalCheckFailedException);
  expect(error).toMatchObject({ Item: { id: { S: 'a' } }, status: 400, requestId: 'r1' });
  expect(requests).toHaveLength(1);
});

it('an error has the service’s code as its name, from the header or the body', async () => {
  const header = { 'x-amzn-errortype': 'AccessDeniedException:http://internal.amazon.com/x' };
  const denied = await awsOf({ status: 400, headers: header, body: { Message: 'not authorized' } });
  const error = await errorOf(denied.table.send(get));

  expect(error).toBeInstanceOf(AwsError);
  expect(error).toMatchObject({ name: 'AccessDeniedException', message: 'not authorized' });

  const page = await awsOf({ status: 403, body: '<html>a proxy</html>' });
  expect(await errorOf(page.table.send(get))).toMatchObject({
    name: 'UnknownError',
    message: 'HTTP status 403',
  });
});

it.each([
  ['a throttle', { status: 400, body: { __type: 'ThrottlingException' } }],
  ['an error of the server', { status: 500, body: '' }],
  ['a connection that breaks', 'reset'],
  ['a response that is not JSON', { body: '{"Item":' }],
  ['no response in time', 'hang'],
] as const)('a call is repeated after %s', async (_what, answer) => {
  const { table, requests } = await awsOf(answer, { body: { Item: { id: { S: 'b' } } } });

  expect(await table.send(get)).toEqual({ Item: { id: 'b' } });
  expect(requests).toHaveLength(2);
});

it('a call whose kept connection has become stale is repeated on another one', async () => {
  const { table, sockets } = await awsOf({ body: {} }, 'reset', { body: {} });
  await table.send(get);

  expect(await table.send(get)).toEqual({});
  expect(sockets.size).toBe(2);
});

it('a call ends within its bounds when nothing answers', async () => {
  const { table, requests } = await awsOf('hang');
  const begun = performance.now();

  expect(await errorOf(table.send(get))).toBeInstanceOf(TimeoutError);
  expect(requests).toHaveLength(2);
  expect(performance.now() - begun).toBeLessThan(2 * bounds.requestTimeoutMs + 1_000);
});

it('a call ends within its bounds when the response never ends', async () => {
  const server = await rawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{');
  });
  onTestFinished(() => server[Symbol.dispose]());
  const table = dynamoClient(bounds, awsVariables({ url: new URL(server.url).origin }));

  expect(await errorOf(table.send(get))).toBeInstanceOf(TimeoutError);
});

it('a response larger than any that AWS sends is refused', async () => {
  const chunk = Buffer.alloc(1024 * 1024, ' ');
  const server = await httpServer((request, response) => {
    request.resume();
    const more = (): void => {
      if (response.writable) response.write(chunk, more);
    };
    more();
  });
  onTestFinished(() => server[Symbol.dispose]());
  const variables = awsVariables({ url: new URL(server.url).origin });
  const table = dynamoClient({ ...bounds, requestTimeoutMs: 20_000, maxAttempts: 1 }, variables);

  expect(await errorOf(table.send(get))).toBeInstanceOf(MalformedResponseError);
});

it('a clock that is off is corrected by the response, and the call is signed anew', async () => {
  const tomorrow = new Date(Date.now() + 86_400_000);
  const { table, requests } = await awsOf(
    {
      status: 400,
      headers: { date: tomorrow.toUTCString() },
      body: { __type: 'InvalidSignatureException' },
    },
    { body: {} },
  );
  await table.send(get);
  await table.send(get);

  const days = requests.map(({ headers }) => String(headers['x-amz-date']).slice(0, 8));
  const day = tomorrow.toISOString().slice(0, 10).replaceAll('-', '');
  expect(days.slice(1)).toEqual([day, day]);
  expect(days[0]).not.toBe(day);
});

it('an invalid signature is not repeated while the clock is right', async () => {
  const { table, requests } = await awsOf({ status: 400, body: { __type: 'InvalidSignatureException' } });

  expect(await errorOf(table.send(get))).toMatchObject({ name: 'InvalidSignatureException' });
  expect(requests).toHaveLength(1);
});

it('a batch read returns the keys that were left out', async () => {
  const { table } = await awsOf({
    body: {
      Responses: { t: [{ id: { S: 'a' } }] },
      UnprocessedKeys: { t: { Keys: [{ id: { S: 'b' } }], ConsistentRead: true } },
    },
  });

  expect(await table.send(new BatchGetCommand({ RequestItems: { t: { Keys: [{ id: 'a' }] } } }))).toEqual({
    Responses: { t: [{ id: 'a' }] },
    UnprocessedKeys: { t: { Keys: [{ id: 'b' }], ConsistentRead: true } },
  });
});

it('a call without credentials says which variables are missing, and sends nothing', async () => {
  const { environment, requests } = await awsOf({ body: {} });
  const table = dynamoClient(bounds, { ...environment, AWS_ACCESS_KEY_ID: undefined });

  expect(await errorOf(table.send(get))).toMatchObject({ name: 'AwsConfigurationError' });
  expect(requests).toEqual([]);
});

it('a function’s calls have the trace by which AWS ends loops, and the token of its role', async () => {
  const { environment, requests } = await awsOf({ body: {} });
  const own = { AWS_SESSION_TOKEN: 'token', AWS_LAMBDA_FUNCTION_NAME: 'f', _X_AMZN_TRACE_ID: 'Root=1-2' };
  await dynamoClient(bounds, { ...environment, ...own }).send(get);

  expect(requests[0]?.headers).toMatchObject({
    'x-amzn-trace-id': 'Root=1-2',
    'x-amz-security-token': 'token',
  });
});

const md5 = (body: string) => createHash('md5').update(body).digest('hex');

it('a message that SQS got otherwise than it was sent is an error', async () => {
  const right = { MessageId: 'm', MD5OfMessageBody: md5('text') };
  const queue = async (body: object) => sqsClient(bounds, (await awsOf({ body })).environment);
  const one = new SendMessageCommand({ QueueUrl: 'q', MessageBody: 'text' });
  const batch = new SendMessageBatchCommand({ QueueUrl: 'q', Entries: [{ Id: '0', MessageBody: 'text' }] });

  expect(await (await queue(right)).send(one)).toEqual(right);
  await expect((await queue({ ...right, MD5OfMessageBody: md5('other') })).send(one)).rejects.toThrow(
    /not the one that was sent/,
  );
  const wrong = { Successful: [{ Id: '0', MD5OfMessageBody: md5('other') }] };
  await expect((await queue(wrong)).send(batch)).rejects.toThrow(/not the one that was sent/);
  const failed = { Failed: [{ Id: '0', Code: 'InternalError' }] };
  expect(await (await queue(failed)).send(batch)).toEqual(failed);
});

it('a secret has the instant of its version', async () => {
  const body = { SecretString: 's', CreatedDate: 1_795_000_000.5 };
  const { environment, requests } = await awsOf({ body });

  const found = await secretsClient(bounds, environment).send(new GetSecretValueCommand({ SecretId: 'x' }));

  expect(found).toEqual({ SecretString: 's', CreatedDate: new Date(1_795_000_000_500) });
  expect(requests[0]?.headers).toMatchObject({
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'secretsmanager.GetSecretValue',
  });
});
