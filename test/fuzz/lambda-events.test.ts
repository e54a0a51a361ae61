import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  consumeEnv,
  deliverEnv,
  managementEnv,
  publishEnv,
  receiveEnv,
  sweepEnv,
} from '../../lambdas/env.ts';
import { outboundSettings } from '../support/fixtures/outbound.ts';
import { corpus } from '../support/hostile/corpus.ts';
import { fewFragments, fragments, mutants } from '../support/hostile/fragments.ts';
import { expectWell, type Wall } from '../support/hostile/wall.ts';
import { sourceSettings, stripeMessage } from '../support/worlds/inbound-world.ts';
import { contextWith, lambdaAws, sqsEvent } from '../support/worlds/lambda-aws.ts';
import { gatewayEvent } from './walls/gateway-event.ts';
import { publication, task } from './walls/valid.ts';

vi.mock('../../lambdas/env.ts', async (original) => ({
  ...(await original<object>()),
  readSettings: (schema: { entries: object }) =>
    'sources' in schema.entries ? { sources: [sourceSettings()] } : outboundSettings,
}));

const timeout = 300_000;
const environment = [
  ...new Set([...receiveEnv, ...consumeEnv, ...publishEnv, ...deliverEnv, ...sweepEnv, ...managementEnv]),
];
const secret = { SecretString: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', CreatedDate: 0 };
const rejected: unknown[] = [];
const onRejection = (reason: unknown): void => void rejected.push(reason);

/** Each entry point with its context, as Lambda calls it. */
type Handler = (event: never, context: never) => Promise<unknown>;
const handlers: Record<string, Handler> = {};
let aws: Awaited<ReturnType<typeof lambdaAws>>;

beforeAll(async () => {
  process.on('unhandledRejection', onRejection);
  aws = await lambdaAws(environment, ({ action }) =>
    action === 'GetSecretValue' ? { body: secret } : undefined,
  );
  vi.stubEnv('SOURCE', '');
  vi.stubEnv('REFUSED_RANGES', '');
  vi.stubEnv('INBOUND_QUEUES', '{"q":["stripe"]}');
  handlers['receive'] = (await import('../../lambdas/inbound/receive.lambda.ts')).handler;
  handlers['consume'] = (await import('../../lambdas/inbound/consume.lambda.ts')).handler;
  handlers['publish'] = (await import('../../lambdas/outbound/publish/publish.lambda.ts')).handler;
  handlers['deliver'] = (await import('../../lambdas/outbound/deliver/deliver.lambda.ts')).handler;
  handlers['sweep'] = (await import('../../lambdas/outbound/sweep/sweep.lambda.ts')).handler;
  vi.stubEnv('DEAD_LETTER_QUEUES', 'q-dlq');
  handlers['measure'] = (await import('../../lambdas/inbound/measure.lambda.ts')).handler;
  handlers['management'] = (await import('../../lambdas/management/management.lambda.ts')).handler;
}, 60_000);

afterAll(() => {
  process.off('unhandledRejection', onRejection);
  aws.stop();
});

const call = (name: string, event: unknown): Promise<unknown> => {
  const handler = handlers[name];
  if (handler === undefined) throw new Error(`there is no ${name}`);
  return handler(event as never, contextWith(60_000) as never);
};

/** A function as a wall: its event, or what is no event of it. */
const entry = (name: string, file: string, valid: object): Wall => ({
  name,
  files: [`lambdas/${file}.lambda.ts`],
  valid: [valid],
  throws: ['MalformedEventError'],
  async feed(text) {
    const answer = await call(name, parsed(text));
    const { statusCode = 0 } = Object(answer);
    if (statusCode >= 500) throw new Error(`answered ${statusCode}`);
  },
});

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const http = gatewayEvent({
  rawPath: '/webhooks/stripe',
  headers: { 'stripe-signature': 't=1,v1=00' },
  body: '{}',
});
const list = gatewayEvent({
  method: 'GET',
  rawPath: '/v1/event-types',
  rawQueryString: 'limit=5',
  headers: { 'if-match': '"1"' },
});
const schedule = {
  version: '0',
  id: 'a',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  time: 't',
  detail: {},
};

/** Whole texts that say something about an event's shape. */
const shapes = Object.values(fragments).filter((text) => text.length < 1_000_000);

describe.each([
  entry('receive', 'inbound/receive', http),
  entry('consume', 'inbound/consume', sqsEvent({ one: '{}' })),
  entry('publish', 'outbound/publish/publish', sqsEvent({ one: '{}' })),
  entry('deliver', 'outbound/deliver/deliver', sqsEvent({ one: '{}' })),
  entry('sweep', 'outbound/sweep/sweep', schedule),
  entry('measure', 'inbound/measure', schedule),
  entry('management', 'management/management', list),
])('λ $name', (wall) => {
  it('a function answers any variant of its event, or refuses it clearly', { timeout }, async () => {
    for (const valid of wall.valid) await expectWell(wall, mutants(valid, fewFragments));
    await expectWell(
      wall,
      shapes.map((text) => [text.slice(0, 40), text] as const),
    );

    expect(rejected).toEqual([]);
  });
});

describe.each([
  ['consume', stripeMessage('evt_1'), 'DLQ_URL'],
  [
    'publish',
    JSON.stringify({ ...publication, endpoint: { id: 'e', url: 'https://e.example/' } }),
    'PUBLISH_DLQ_URL',
  ],
  ['deliver', JSON.stringify(task), 'DELIVERY_DLQ_URL'],
])('λ %s', (name, good) => {
  it('a malformed record fails no other one of its batch', { timeout }, async () => {
    const [record = {}] = sqsEvent({ bad: good }).Records;
    const faults: unknown[] = [];
    for (const [variant, text] of mutants(record, fewFragments)) {
      const bad = parsed(text);
      const { Records } = sqsEvent({ good });
      const answer = await call(name, { Records: [bad, ...Records] });
      if (JSON.stringify(answer).includes('"good"')) faults.push(variant);
    }
    expect(faults).toEqual([]);
  });

  it('a record with any body of the corpus fails no other one of its batch', { timeout }, async () => {
    const faults: unknown[] = [];
    for (const { name: variant, bytes } of corpus) {
      const answer = await call(name, sqsEvent({ bad: bytes.toString('utf8'), good }));
      if (JSON.stringify(answer).includes('"good"')) faults.push(variant);
    }
    expect(faults).toEqual([]);
  });
});
