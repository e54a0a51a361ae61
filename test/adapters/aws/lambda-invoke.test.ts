import { text } from 'node:stream/consumers';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lambdaInvoke } from '../../../lambdas/adapters/aws/lambda-invoke.ts';
import { awsVariables, clientConfig } from '../../../local/endpoint.ts';
import { httpServer, type LocalServer } from '../../support/worlds/local-server.ts';

let server: LocalServer;
let requests: { readonly path: string | undefined; readonly body: string }[] = [];
let answer = { status: 200, headers: {}, body: 'null' };

beforeAll(async () => {
  server = await httpServer(async (request, response) => {
    requests.push({ path: request.url, body: await text(request) });
    if (answer.status === 0) return;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
});
afterAll(() => server[Symbol.dispose]());

const arn = 'arn:aws:lambda:eu-central-1:123456789012:function:my_function:live';
const invoke = (signal = new AbortController().signal) =>
  lambdaInvoke(awsVariables({ url: new URL(server.url).origin }))(arn, '{"a":1}', signal);

it('an invocation is requested as the SDK requests it', async () => {
  requests = [];
  const sdk = new LambdaClient(clientConfig({ url: new URL(server.url).origin }));
  await sdk.send(new InvokeCommand({ FunctionName: arn, Payload: '{"a":1}' }));
  await invoke();

  expect(requests).toHaveLength(2);
  expect(requests[1]).toEqual(requests[0]);
});

it('a function’s result, its error and Lambda’s own error are told apart', async () => {
  answer = { status: 200, headers: {}, body: '{"ok":true}' };
  expect(await invoke()).toEqual({ payload: '{"ok":true}', failed: false });
  answer = { status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, body: '{"errorType":"E"}' };
  expect(await invoke()).toEqual({ payload: '{"errorType":"E"}', failed: true });
  const notFound = { 'x-amzn-errortype': 'ResourceNotFoundException' };
  answer = { status: 404, headers: notFound, body: '{"Message":"no"}' };
  await expect(invoke()).rejects.toMatchObject({ name: 'ResourceNotFoundException', status: 404 });
});

it('an invocation ends when its handler’s time is over', async () => {
  answer = { status: 0, headers: {}, body: '' };

  await expect(invoke(AbortSignal.timeout(50))).rejects.toThrow(/abort/i);
});

it('an invocation that fails is not repeated: the event is', async () => {
  requests = [];
  answer = { status: 500, headers: { 'x-amzn-errortype': 'ServiceException' }, body: '{}' };

  await expect(invoke()).rejects.toMatchObject({ name: 'ServiceException' });
  expect(requests).toHaveLength(1);
});
