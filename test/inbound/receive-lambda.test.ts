import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { build } from 'esbuild';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { quickCalls } from '../../lambdas/adapters/call-bounds.ts';
import { type AwsAnswer, type AwsCall, startAws } from '../support/worlds/aws-server.ts';
import { sourceSettings } from '../support/worlds/inbound-world.ts';
import { outputLines } from '../support/worlds/output-lines.ts';
import { post, postBatch } from './signed-posts.ts';

type Receiver = (event: object, context: object) => Promise<APIGatewayProxyStructuredResultV2>;

const secretCreated = Date.now() / 1000 - 40 * 86_400;
const secret = { body: { SecretString: 'whsec_test', CreatedDate: secretCreated } };
const taken = { body: { Successful: [], Failed: [] } };

/** The next answers by action; the last one stays. */
const answers = new Map<string, AwsAnswer[]>();
function answer({ action }: AwsCall): AwsAnswer {
  const [next, ...others] = answers.get(action) ?? [];
  if (others.length > 0) answers.set(action, others);
  return next ?? { status: 400, body: {} };
}

const folder = mkdtempSync(join(tmpdir(), 'receive-'));
let aws: Awaited<ReturnType<typeof startAws>>;

const secretPrefix = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:';

beforeAll(async () => {
  await build({
    entryPoints: [resolve(import.meta.dirname, '../../lambdas/inbound/receive.lambda.ts')],
    outfile: join(folder, 'receive.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    logLevel: 'error',
  });
  const batch = {
    signatureHeader: 'x-signature',
    algorithm: 'sha256',
    encoding: 'hex',
    prefix: '',
    batch: true,
  } as const;
  const sources = [
    sourceSettings(),
    sourceSettings({ name: 'other' }),
    sourceSettings({ name: 'batch', provider: 'hmac', hmac: batch }),
    sourceSettings({ name: 'topics', provider: 'sns' }),
    sourceSettings({ name: 'books', provider: 'xero' }),
    sourceSettings({ name: 'more-topics', provider: 'sns' }),
  ];
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ sources }));
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  vi.stubEnv('SECRET_ARN_PREFIX', secretPrefix);
  vi.stubEnv('SECRET_IDS', sources.map(({ name }) => `Secret-${name}`).join(','));
  vi.stubEnv('SOURCE', '');
  vi.stubEnv('INBOUND_EVENTS_TABLE', 'events');
  vi.stubEnv('PAYLOAD_BUCKET', 'bucket');
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

// One server for each test: on a busy machine a function that has answered may still be calling.
beforeEach(async () => {
  answers.set('GetSecretValue', [secret]);
  answers.set('SendMessageBatch', [taken]);
  aws = await startAws(answer);
  vi.stubEnv('AWS_ENDPOINT_URL', aws.url);
  vi.stubEnv('QUEUE_URL', `${aws.url}/000000000000/queue`);
  return aws.stop;
});

let logged: string[] = [];
beforeEach(() => {
  logged = outputLines();
});

let containers = 0;
/** A new container: its own module, with empty caches. */
const coldStart = async (): Promise<Receiver> =>
  (await import(`${pathToFileURL(join(folder, 'receive.mjs'))}?container=${containers++}`)).handler;

const Batch = v.object({ Entries: v.array(v.object({ MessageBody: v.string() })) });

const event = '{"id":"evt_1","type":"invoice.paid"}';

describe('the receiver function', () => {
  it('the response to an accepted event has its id, and comes after the queue has it', async () => {
    const receive = await coldStart();

    const response = await receive(post(event), {});

    expect(response).toMatchObject({ statusCode: 200, body: '{"status":"accepted","id":"evt_1"}' });
    expect(aws.calls.map(({ action }) => action)).toEqual(['GetSecretValue', 'SendMessageBatch']);
    expect(aws.calls[0]?.input).toEqual({
      SecretId: `${secretPrefix}Secret-stripe`,
      VersionStage: 'AWSCURRENT',
    });
  });

  it('a large batch goes to the queue ten messages at a time, every event once', async () => {
    const receive = await coldStart();
    // Few enough for a busy machine: the receiver answers within its real time limit here. The last batch is not full.
    const numbers = Array.from({ length: 205 }, (_, number) => number);

    const response = await receive(postBatch(JSON.stringify(numbers)), {});

    expect(response).toMatchObject({ statusCode: 200, body: '{"status":"accepted","count":205}' });
    const sent = aws.calls.flatMap(({ action, input }) =>
      action === 'SendMessageBatch' ? v.parse(Batch, input).Entries : [],
    );
    const bodies = sent.map(({ MessageBody }) => Number(JSON.parse(MessageBody).body));
    expect(bodies.sort((a, b) => a - b)).toEqual(numbers);
    expect(aws.calls).toHaveLength(22);
  });

  it('the path names the source, and an unknown source gets 404', async () => {
    const receive = await coldStart();

    expect(await receive(post(event, '/webhooks/other'), {})).toMatchObject({ statusCode: 200 });
    expect(await receive(post(event, '/webhooks/unknown'), {})).toMatchObject({
      statusCode: 404,
      body: '{"error":"unknown_source"}',
    });
  });

  it.each([
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'prototype',
    '%5F%5Fproto__',
  ])('there is no source %s', async (name) => {
    const receive = await coldStart();

    expect(await receive(post(event, `/webhooks/${name}`), {})).toMatchObject({ statusCode: 404 });
    expect(aws.calls).toEqual([]);
  });

  it('a secret that is not set is read once for any number of requests', async () => {
    answers.set('GetSecretValue', [{ status: 400, body: { __type: 'ResourceNotFoundException' } }]);
    const receive = await coldStart();
    const responses = await Promise.all(Array.from({ length: 200 }, () => receive(post(event), {})));

    expect(responses.every(({ statusCode }) => statusCode === 503)).toBe(true);
    expect(aws.calls.filter(({ action }) => action === 'GetSecretValue').length).toBeLessThanOrEqual(2);
  });

  it('the keys of one source are fetched while another source is flooded with made-up keys', async () => {
    const topic = 'arn:aws:sns:us-east-1:111122223333:mine';
    answers.set('GetSecretValue', [{ body: { SecretString: topic, CreatedDate: secretCreated } }]);
    const fetched: string[] = [];
    vi.stubGlobal('fetch', async (url: URL) => {
      fetched.push(url.pathname);
      return new Response('no such certificate', { status: 404 });
    });
    const receive = await coldStart();
    const forged = (source: string, nth: number) => {
      const [Message, MessageId, Timestamp] = ['m', 'i', '2026-11-27T00:00:00.000Z'];
      const hex = nth.toString(16).padStart(32, '0');
      const SigningCertURL = `https://sns.us-east-1.amazonaws.com/SimpleNotificationService-${hex}.pem`;
      const fields = { Message, MessageId, Timestamp, TopicArn: topic, Type: 'Notification' };
      const signed = { ...fields, SignatureVersion: '2', Signature: 'AAAA', SigningCertURL };
      return receive(post(JSON.stringify(signed), `/webhooks/${source}`), {});
    };
    for (let nth = 0; nth < 200; nth++) await forged('topics', nth);

    expect(fetched.length).toBeGreaterThanOrEqual(20);
    expect(fetched.length).toBeLessThan(60);
    const before = fetched.length;
    expect(await forged('more-topics', 777)).toMatchObject({ statusCode: 401 });
    expect(fetched).toHaveLength(before + 1);
    vi.unstubAllGlobals();
  });

  it('the response names only the class of a refusal', async () => {
    const receive = await coldStart();

    expect(await receive(post(event, '/webhooks/stripe', 'forged'), {})).toMatchObject({
      statusCode: 401,
      body: '{"error":"invalid_signature"}',
    });
    expect(aws.calls).toMatchObject([{ action: 'GetSecretValue' }, { input: { reason: 'mismatch' } }]);
  });

  it('a request leaves one line, from which CloudWatch counts it, and no line of metrics', async () => {
    const receive = await coldStart();

    await receive(post(event, '/webhooks/stripe', 'forged'), {});
    await receive(post(event, '/webhooks/stripe'), {});

    const lines = logged.map((line) => JSON.parse(line));
    expect(lines.filter((line) => '_aws' in line)).toEqual([]);
    expect(lines.filter(({ message }) => message === 'event.received')).toMatchObject([
      { source: 'stripe', status: 'invalid_signature' },
      { source: 'stripe', status: 'accepted' },
    ]);
  });

  it.each([
    ['whsec_test', 200],
    ['forged', 401],
  ])(
    'Xero’s intent to receive gets a response without a body: signed with %s, %i',
    async (key, statusCode) => {
      const body = '{"events":[],"lastEventSequence":0,"firstEventSequence":0,"entropy":"S0m3r4Nd0mt3xt"}';
      const signature = createHmac('sha256', key).update(body).digest('base64');
      const receive = await coldStart();

      const response = await receive(
        { ...post(body, '/webhooks/books'), headers: { 'x-xero-signature': signature } },
        {},
      );

      expect(response).toMatchObject({ statusCode, body: '' });
      expect(response.cookies).toBeUndefined();
    },
  );

  it('a secret without a version is not set', async () => {
    answers.set('GetSecretValue', [{ status: 400, body: { __type: 'ResourceNotFoundException' } }]);
    const receive = await coldStart();

    expect(await receive(post(event), {})).toMatchObject({
      statusCode: 503,
      body: '{"error":"secret_not_set"}',
    });
  });

  it('the response is 503 when the queue took only some of the messages', async () => {
    const refused = { Id: '0', Code: 'InternalError', SenderFault: false };
    answers.set('SendMessageBatch', [{ body: { Successful: [], Failed: [refused] } }]);
    const receive = await coldStart();

    expect(await receive(post(event), {})).toMatchObject({
      statusCode: 503,
      body: '{"error":"unavailable"}',
    });
  });

  it.each([
    // On a busy machine the whole may be over before its calls are.
    ['the secret cannot be read', /could not be read|not done within/, { GetSecretValue: ['hang'] }],
    ['the queue does not answer', /could not be enqueued|not done within/, { SendMessageBatch: ['hang'] }],
    [
      'the secret comes late and the queue does not answer',
      /not done within 2200 ms/,
      { GetSecretValue: ['hang', secret], SendMessageBatch: ['hang'] },
    ],
  ] satisfies [string, RegExp, Record<string, AwsAnswer[]>][])(
    'sets itself less than three seconds when %s, and answers',
    async (...[, reason, hanging]) => {
      for (const [action, script] of Object.entries(hanging)) answers.set(action, script);
      const receive = await coldStart();
      // The limits that are set, not the time that a busy machine takes; without any it would hang.
      const timers = vi.spyOn(globalThis, 'setTimeout');
      onTestFinished(() => timers.mockRestore());

      const response = await receive(post(event), {});

      const limits = timers.mock.calls.map(([, delay = 0]) => delay);
      // The wait for one call, as often as it is made: less than the 2200 ms of the whole, so that the log says which it was.
      expect(limits).toContain(quickCalls.requestTimeoutMs);
      expect(quickCalls.requestTimeoutMs * quickCalls.maxAttempts).toBeLessThan(2200);
      const hung = aws.calls.filter(({ action }) => action in hanging);
      expect(hung.length).toBeLessThanOrEqual(Object.keys(hanging).length * quickCalls.maxAttempts);
      expect(response).toMatchObject({ statusCode: 503, body: '{"error":"unavailable"}' });
      expect(logged.at(-1)).toMatch(reason);
    },
  );
});
