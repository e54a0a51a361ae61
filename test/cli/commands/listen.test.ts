import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, it, vi } from 'vitest';
import { verify } from '../../../entry/verify.ts';
import { cliAws, sqsMessage } from '../../support/cli/aws.ts';

afterEach(() => vi.useRealTimers());

const event = (id: string, body: object) =>
  JSON.stringify({
    v: 1,
    source: 'stripe',
    provider: 'stripe',
    id,
    type: 'invoice.paid',
    receivedAt: 1,
    correlationId: 'c',
    headers: {},
    ...body,
  });

/** A tap that returns these messages, and then does not exist any more. */
function tapWith(...bodies: string[]) {
  let item: object | undefined;
  const batches = [bodies.map((body) => sqsMessage(body))];
  // Every read of the clock is three minutes after the one before.
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 180_000));
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  return {
    GetItem: ({ Key }: Readonly<Record<string, unknown>>) =>
      JSON.stringify(Key).includes('/tap') && item ? { Item: item } : {},
    UpdateItem: ({ ExpressionAttributeValues: values }: Readonly<Record<string, unknown>>) => {
      item = { id: { S: 'stripe/tap' }, tap0: Object(values)[':tap'] };
      return {};
    },
    CreateQueue: (_input: object, url: string) => ({ QueueUrl: `${url}/tap` }),
    ReceiveMessage: () => {
      const Messages = batches.shift();
      if (Messages) return { Messages };
      throw Object.assign(new Error('not for you'), { name: 'AccessDenied' });
    },
  };
}

it('listen skips a message that is not an event, and continues after a body that it may not read', async () => {
  await using aws = await cliAws(
    tapWith(
      'garbage',
      event('large', { bodyS3: `inbound/stripe/${'0'.repeat(64)}` }),
      event('small', { body: '{}' }),
    ),
  );

  const { stdout, stderr } = await aws.run('listen', 'stripe', '--to', 'http://127.0.0.1:1/');

  expect(stderr).toContain('Skipped: received event is not JSON (7 bytes)');
  expect(stdout).toMatch(/invoice\.paid {2}large {2}failed: .*not allowed/);
  expect(stdout).toMatch(
    /invoice\.paid {2}small {2}failed: The request to http:\/\/127\.0\.0\.1:1 failed: bad port/,
  );
});

it('listen that ends with an error closes its tap, and does not open it again', async () => {
  await using aws = await cliAws(tapWith());

  const { code, stderr } = await aws.run('listen', 'stripe');

  expect(code).toBe(1);
  expect(stderr).toContain('AccessDenied: not for you');
  expect(vi.getTimerCount()).toBe(0);
  expect(aws.inputsOf('DeleteItem')).toHaveLength(1);
  expect(aws.inputsOf('DeleteQueue')).toHaveLength(1);
});

it('listen shows events of one type, and none of the others', async () => {
  await using aws = await cliAws(
    tapWith(event('1', { body: '{}' }), event('2', { body: '{}', type: 'charge.failed' })),
  );

  const { stdout } = await aws.run('listen', 'stripe', '--type', 'charge.*');

  expect(stdout).toMatch(/^\d\d:\d\d:\d\d {2}charge\.failed {2}2\n$/);
});

it('listen signs its posts with a secret of the local app, whose verification accepts them', async () => {
  await using local = await localApp();
  await using aws = await cliAws(tapWith(event('evt_1', { body: '{"id":"evt_1","type":"invoice.paid"}' })));
  const secret = 'whsec_local0secret0of0mine';

  await aws.run('listen', 'stripe', '--to', local.url, '--secret', secret);

  const [request] = local.requests;
  if (request === undefined) throw new Error('nothing was posted');
  expect(await verify('stripe', { ...request, secret })).toMatchObject({
    kind: 'verified',
    events: [{ id: 'evt_1', type: 'invoice.paid' }],
  });
  expect(request.headers['x-hookline-event-id']).toBe('evt_1');
});

it.each([
  ['--secret whsec_local0secret', /--secret signs what is posted: add --to/],
  ['--to http://127.0.0.1:1/ --secret unset', /The secret has no value that stripe could sign with/],
  ['--since yesterday', /Write a number and s, m, h or d/],
])('listen %s says what is wrong', async (args, reason) => {
  await using aws = await cliAws(tapWith());

  const { code, stderr } = await aws.run('listen', 'stripe', ...args.split(' '));

  expect(code).not.toBe(0);
  expect(stderr).toMatch(reason);
  expect(aws.inputsOf('CreateQueue')).toEqual([]);
});

it('listen --since shows what failed since then, from the index of kept events', async () => {
  const keptAt = Date.now() - 60_000;
  const record = {
    id: { S: 'stripe#evt_kept' },
    source: { S: 'stripe' },
    eventType: { S: 'invoice.paid' },
    status: { S: 'failed' },
    attempts: { N: '7' },
    owner: { S: 'invocation-1/message-1' },
    receivedAt: { N: String(keptAt) },
    keptMessage: { S: event('evt_kept', { body: '{}' }) },
  };
  let isFirst = true;
  await using aws = await cliAws({
    ...tapWith(),
    Query: () => {
      const Items = isFirst ? [{ id: record.id, keptAt: { N: String(keptAt) } }] : [];
      isFirst = false;
      return { Items };
    },
    GetItem: ({ Key }) => (JSON.stringify(Key).includes('evt_kept') ? { Item: record } : {}),
  });

  const { stdout, stderr } = await aws.run('listen', 'stripe', '--since', '10m');

  expect([stdout, stderr]).toEqual([
    expect.stringMatching(/invoice\.paid {2}evt_kept\n$/),
    expect.anything(),
  ]);
  const froms = aws
    .inputsOf('Query')
    .map((input) => Number(Object(input)['ExpressionAttributeValues'][':from'].N));
  expect(Math.max(...froms) - (Date.now() - 600_000)).toBeLessThan(60_000);
  expect(aws.inputsOf('Scan')).toEqual([]);
});

/** A server that notes what is posted to it. */
async function localApp() {
  const requests: { headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    requests.push({ headers: request.headers, body: await buffer(request) });
    response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
  return { url, requests, [Symbol.asyncDispose]: async () => void server.close() };
}
