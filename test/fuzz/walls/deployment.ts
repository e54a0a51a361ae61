import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import * as v from 'valibot';
import { AwsError } from '../../../lambdas/adapters/aws/errors.ts';
import { outputOf } from '../../../lambdas/adapters/aws/response.ts';
import { payloadReader } from '../../../lambdas/adapters/dynamodb/outbound-events/payload-reader.ts';
import { keptRefusals } from '../../../lambdas/adapters/s3/kept-refusals.ts';
import { inboundQueues } from '../../../lambdas/adapters/sqs/inbound-queues.ts';
import { queueReaders } from '../../../lambdas/adapters/sqs/queue-readers.ts';
import { parseJson } from '../../../lambdas/domain/json.ts';
import { isDeeperThan } from '../../../lambdas/domain/nesting.ts';
import { OutboundSettings } from '../../../lambdas/domain/outbound-settings.ts';
import { InboundSettings } from '../../../lambdas/domain/source.ts';
import { deflated, readStoredText } from '../../../lambdas/domain/stored-text.ts';
import { unixMillis, unixSeconds } from '../../../lambdas/domain/time.ts';
import { readEnv, secretArns } from '../../../lambdas/env.ts';
import { outboundSettings } from '../../../lib/outbound-settings.ts';
import { withPublicUrls } from '../../../lib/public-urls.ts';
import { checked } from '../../../lib/settings-error.ts';
import type { SourceProps } from '../../../lib/source-props.ts';
import { checkSources } from '../../../lib/source-settings.ts';
import { clientBy } from '../../../testing/memory/command-client.ts';
import { outboundSettings as validOutbound } from '../../support/fixtures/outbound.ts';
import type { Wall } from '../../support/hostile/wall.ts';
import { sourceSettings } from '../../support/worlds/inbound-world.ts';

const environment: Wall = {
  name: 'the environment of a function',
  files: ['lambdas/env.ts', 'lambdas/adapters/sqs/inbound-queues.ts'],
  valid: [{ 'stack-queue': ['stripe', 'github'] }],
  throws: ['ConfigurationError'],
  feed(text) {
    const client = clientBy<'sqs'>(async () => ({}));
    secretArns({ SECRET_ARN_PREFIX: 'arn:', SECRET_IDS: text.slice(0, 4_096) }, text.split(',').length);
    queueReaders(client, 'https://sqs.example/1/q', text.split(','));
    readEnv([]);
    inboundQueues(client, text, 'https://sqs.example/1/q');
  },
};

function errorOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof AwsError) return `${error.name}: ${error.message.slice(0, 500)}`;
    throw error;
  }
  return '';
}

const awsResponse: Wall = {
  name: 'a response of AWS',
  files: ['lambdas/adapters/aws/response.ts'],
  valid: [
    { Item: { id: { S: 'a' } } },
    { __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException', message: 'too fast' },
    { __type: 'ConditionalCheckFailedException', Message: 'refused', Item: { id: { S: 'a' } } },
  ],
  throws: ['MalformedResponseError'],
  // Codes and messages.
  repeats: true,
  feed(text, body) {
    outputOf({ status: 200, headers: {}, body });
    const headers = { 'x-amzn-errortype': text.slice(0, 200) };
    const errors = [
      { status: 400, headers: {} },
      { status: 500, headers },
    ].map((failed) => errorOf(() => outputOf({ ...failed, body })));
    return { reason: errors.join(' ') };
  },
};

const record = {
  v: 1,
  source: 'stripe',
  at: 1,
  status: 401,
  error: 'e',
  reason: 'r',
  correlationId: 'c',
  sourceIp: '192.0.2.1',
  method: 'POST',
  path: '/a',
  headerNames: ['a'],
  bodyBytes: 1,
  bodySha256: 'h',
  request: { url: 'u', headers: { a: 'b' }, bodyBase64: 'e30=' },
};
const storedObject: Wall = {
  name: 'an object of the payload bucket',
  files: ['lambdas/adapters/s3/kept-refusals.ts', 'lambdas/domain/stored-body.ts'],
  valid: [record],
  throws: ['AlteredBodyError'],
  async feed(text, bytes) {
    const Body = { transformToByteArray: async () => bytes };
    const client: unknown = {
      send: async () => ({ Contents: [{ Key: 'inbound/stripe/refused/01' }], Body }),
    };
    for (const { at } of await keptRefusals(client as S3Client, 'b', 'stripe')) new Date(at).toISOString();
    const event = {
      id: 'acme#evt_1',
      eventType: 'a.b',
      createdAt: unixMillis(0),
      contentHash: 'h',
      payload: { s3Key: `outbound/${'a'.repeat(64)}/${'b'.repeat(64)}` },
      expiresAt: unixSeconds(0),
    };
    Readable.from([text]).destroy();
    await payloadReader(
      async () => event,
      async () => bytes,
    )(event.id);
  },
};

const storedText: Wall = {
  name: 'a compressed text of a table item',
  files: ['lambdas/domain/stored-text.ts'],
  valid: [record],
  throws: ['AlteredBodyError'],
  feed(text, bytes) {
    readStoredText(bytes);
    readStoredText(deflated(text));
  },
};

const settings: Wall = {
  name: 'the settings of a function',
  files: ['lib/settings-error.ts'],
  valid: [validOutbound, sourceSettings()],
  throws: ['SettingsError'],
  isOwn: true,
  feed(text) {
    const given = parseJson(text);
    v.safeParse(OutboundSettings, given);
    v.safeParse(InboundSettings, { sources: [given] });
    checked('outbound', OutboundSettings, given);
  },
};

const app: Wall = {
  name: 'the settings of an app',
  files: ['outbound-settings', 'public-urls', 'settings-error', 'source-settings'].map(
    (name) => `lib/${name}.ts`,
  ),
  valid: [
    {
      provider: 'stripe',
      allowedCidrs: ['192.0.2.0/24'],
      maxBodyBytes: 1,
      eventId: 'body',
      publicUrl: 'https://a.example/',
    },
    { provider: 'hmac', hmac: { signatureHeader: 'x', algorithm: 'sha256', encoding: 'hex', prefix: '' } },
    { retrySchedule: 'short', allowedPorts: [443], userAgent: 'a', breakAfter: 5, maxConcurrency: 5 },
  ],
  throws: ['SettingsError'],
  isOwn: true,
  feed(text) {
    const given = parseJson(text);
    // An app is code: it has no value of thousands of levels.
    if (typeof given !== 'object' || given === null || isDeeperThan(given, 100)) return;
    const props = given as SourceProps & Parameters<typeof outboundSettings>[0];
    if ('provider' in given) checkSources({ stripe: props });
    else outboundSettings(props, false);
    withPublicUrls({}, { publicBaseUrl: text });
  },
};

export const deploymentWalls: readonly Wall[] = [
  environment,
  awsResponse,
  storedObject,
  storedText,
  settings,
  app,
];
