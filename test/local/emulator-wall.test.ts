import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientConfig } from '../../local/endpoint.ts';
import { type Ministack, startMinistack } from '../../local/ministack.ts';
import { claimPort } from '../../local/ports.ts';
import { run } from '../../local/processes.ts';
import { silently } from '../../local/progress.ts';
import { projectRoot } from '../../local/project-root.ts';
import { ensureVenv } from '../../local/python.ts';
import { hasPython } from '../support/local-python.ts';
import { freshDirectory, scratchDirectory } from './support/fresh-directory.ts';
import { foreign, send, sendBytes } from './support/raw-request.ts';

const runner = (command: string, args: readonly string[]) => run(command, args, { env: process.env });
const isPossible = await hasPython();

/** `i.mjs`, whose handler answers 1. */
const code =
  'UEsDBBQAAAAAAO+6e11C7YWxHwAAAB8AAAAFAAAAaS5tanNleHBvcnQgY29uc3QgaGFuZGxlcj1hc3luYygpPT4xUEsBAhQDFAAAAAAA77p7XULthbEfAAAAHwAAAAUAAAAAAAAAAAAAAIABAAAAAGkubWpzUEsFBgAAAAABAAEAMwAAAEIAAAAAAA==';
const role = 'arn:aws:iam::000000000000:role/any';

/** A POST that a page may send without asking first. */
const makesFunction = {
  method: 'POST',
  path: '/2015-03-31/functions',
  body: JSON.stringify({
    FunctionName: 'evil',
    Runtime: 'nodejs24.x',
    Role: role,
    Handler: 'i.handler',
    Code: { ZipFile: code },
  }),
};
const text = { 'content-type': 'text/plain' };
const upgrade = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

describe.runIf(isPossible).each([
  ['as npm start starts it', false],
  ['in strict mode', true],
])('the emulator %s', (_mode, strict) => {
  let aws: Ministack;
  let url = '';
  beforeAll(async () => {
    const directory = scratchDirectory();
    const python = await ensureVenv(join(projectRoot, '.local', 'venv'), silently, runner);
    const port = await claimPort(0, '--port');
    aws = await startMinistack({ python, port, strict, directory, onLine: () => undefined });
    url = aws.endpoint.url;
  }, 120_000);
  afterAll(() => aws.stop());

  const functions = async () => {
    const { Functions } = await new LambdaClient(clientConfig(aws.endpoint)).send(
      new ListFunctionsCommand({}),
    );
    return Functions?.map(({ FunctionName }) => FunctionName);
  };

  test.each(foreign)('the emulator makes nothing for a web page: %s', async (_case, headers) => {
    const made = await send(url, { ...makesFunction, headers: { ...text, ...headers } });
    const others = await Promise.all([
      send(url, { path: '/?Action=CreateQueue&QueueName=evil', headers }),
      send(url, { method: 'PUT', path: '/evil-bucket', headers }),
      send(url, { method: 'OPTIONS', path: '/2015-03-31/functions', headers }),
      send(url, { path: '/_ministack/health', headers }),
      send(url, { path: '/_aws/execute-api/ab12cd34/x', headers: { ...upgrade, ...headers } }),
    ]);

    expect([made, ...others].map(({ status }) => status)).toEqual(Array(6).fill(403));
    for (const answer of [made, ...others])
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    expect(await functions()).toEqual([]);
  });

  test.runIf(!strict)(
    'the emulator makes nothing by HTTP/1.0 without a Host, or with an empty one, or two',
    async () => {
      const body = `content-type: text/plain\r\ncontent-length: ${makesFunction.body.length}\r\n\r\n${makesFunction.body}`;
      const begin = `POST ${makesFunction.path}`;
      const twice = 'host: 127.0.0.1\r\nhost: evil.example\r\nconnection: close';

      const answers = await Promise.all([
        sendBytes(url, `${begin} HTTP/1.0\r\n${body}`),
        sendBytes(url, `${begin} HTTP/1.1\r\nhost:\r\nconnection: close\r\n${body}`),
        sendBytes(url, `${begin} HTTP/1.1\r\n${twice}\r\n${body}`),
      ]);

      for (const answer of answers) expect(answer).toMatch(/^HTTP\/1\.[01] 40[03]/);
      expect(await functions()).toEqual([]);
    },
  );

  test.runIf(strict)('the emulator makes nothing by HTTP/2 for another authority', async () => {
    const session = connectHttp2(url, { rejectUnauthorized: false });
    const stream = session.request({
      ':method': 'POST',
      ':path': makesFunction.path,
      ':authority': 'evil.example',
      ...text,
    });
    stream.end(makesFunction.body);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    stream.once('response', (headers) => resolve(headers[':status']));

    expect(await promise).toBe(403);
    expect(await functions()).toEqual([]);
    session.destroy();
  });

  test('the emulator serves programs: the AWS SDK, and curl', async () => {
    const config = clientConfig(aws.endpoint);
    const lambda = new LambdaClient(config);
    const s3 = new S3Client(config);
    const sqs = new SQSClient(config);
    await s3.send(new CreateBucketCommand({ Bucket: 'own-bucket' }));
    await sqs.send(new CreateQueueCommand({ QueueName: 'own' }));

    expect((await lambda.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
    expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual([
      'own-bucket',
    ]);
    expect((await sqs.send(new ListQueuesCommand({}))).QueueUrls).toHaveLength(1);
    const curl = await promisify(execFile)('curl', ['-ksS', `${url}/_ministack/health`]);
    expect(JSON.parse(curl.stdout)).toMatchObject({ services: expect.anything() });
  });

  test.runIf(!strict)('the emulator would have made that function for a program', async () => {
    const { status } = await send(url, { ...makesFunction, headers: text });

    expect(status).toBe(201);
    expect(await functions()).toContain('evil');
  });

  test('the emulator responds to its own names', async () => {
    for (const host of ['127.0.0.1', 'localhost:4566', 'LOCALHOST', '[::1]:4566']) {
      const { status } = await send(url, { path: '/_ministack/health', headers: { host } });
      expect(status).toBe(200);
    }
    const host = 'ab12cd34.execute-api.127.0.0.1:4566';
    expect(await send(url, { path: '/x', headers: { host } })).toMatchObject({ status: 404 });
  });
});

test.runIf(isPossible)('an emulator that cannot have the check of requests is not started', async () => {
  const elsewhere = freshDirectory();
  mkdirSync(join(elsewhere, 'ministack'));
  writeFileSync(join(elsewhere, 'ministack', '__init__.py'), '');
  writeFileSync(join(elsewhere, 'ministack', 'app.py'), 'application = None');
  const python = await ensureVenv(join(projectRoot, '.local', 'venv'), silently, runner);
  const port = await claimPort(0, '--port');

  const { code, output } = await run(
    python,
    [join(projectRoot, 'local', 'run-emulator.py'), '--workers', '0', '--bind', `127.0.0.1:${port}`],
    { env: { PYTHONPATH: elsewhere, TMPDIR: elsewhere } },
  );

  expect(code).toBe(1);
  expect(output).toContain("ImportError: cannot import name 'app' from 'ministack.app'");
});
