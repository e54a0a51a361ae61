import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyHashWithout } from '../../lambdas/domain/provider/body-hash.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import type { SourceSettings } from '../../lambdas/domain/source.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { memoryReceiver, requestOf } from '../support/worlds/inbound-receiver.ts';

const now = 1_795_000_000;
const hmac = (hash: string, key: string, text: string, encoding: 'hex' | 'base64') =>
  createHmac(hash, key).update(text).digest(encoding);

/** How the sender of each provider signs a body, with the secret `key`. */
const signers: Readonly<Record<string, (body: string) => Record<string, string>>> = {
  docusign: (body) => ({ 'x-docusign-signature-1': hmac('sha256', 'key', body, 'base64') }),
  gitlab: () => ({ 'x-gitlab-token': 'key', 'x-gitlab-event': 'Push Hook' }),
  hubspot: (body) => {
    const text = `POSThttps://hooks.example.test/webhooks/source${body}${now}000`;
    return {
      'x-hubspot-request-timestamp': `${now}000`,
      'x-hubspot-signature-v3': hmac('sha256', 'key', text, 'base64'),
    };
  },
  intercom: (body) => ({ 'x-hub-signature': `sha1=${hmac('sha1', 'key', body, 'hex')}` }),
  linear: (body) => ({ 'linear-signature': hmac('sha256', 'key', body, 'hex') }),
  mailgun: () => ({}),
  meta: (body) => ({ 'x-hub-signature-256': `sha256=${hmac('sha256', 'key', body, 'hex')}` }),
  msgraph: () => ({}),
  postmark: () => ({ authorization: `basic ${Buffer.from('u:key').toString('base64')}` }),
  slack: (body) => ({
    'x-slack-request-timestamp': String(now),
    'x-slack-signature': `v0=${hmac('sha256', 'key', `v0:${now}:${body}`, 'hex')}`,
  }),
  stripe: (body) => ({
    'stripe-signature': `t=${now},v1=${hmac('sha256', 'key', `${now}.${body}`, 'hex')}`,
  }),
  twilio: (body) => {
    const text = [...new URLSearchParams(body)].map((pair) => pair.join('')).join('');
    const url = 'https://hooks.example.test/webhooks/source';
    return { 'x-twilio-signature': hmac('sha1', 'key', url + text, 'base64') };
  },
};
const secrets: Readonly<Record<string, string>> = {
  meta: '{"appSecret":"key","verifyToken":"vt"}',
  postmark: 'u:key',
};

const receiverOf = (provider: string, settings: Partial<SourceSettings> = {}) =>
  memoryReceiver(
    { ...settings, provider },
    { current: { value: secrets[provider] ?? 'key', createdAt: unixMillis(0) } },
  );

function signed(provider: string, body: string, headers: Record<string, string> = {}): RawRequest {
  return requestOf(body, { ...signers[provider]?.(body), ...headers });
}

/** The ids of the events of requests that come one after the other. */
async function idsOf(provider: string, requests: readonly RawRequest[], settings?: Partial<SourceSettings>) {
  const receiver = receiverOf(provider, settings);
  const ids: string[] = [];
  for (const request of requests) {
    const reception = await receiver.receive(request, now);
    expect(reception).toMatchObject({ kind: 'accepted' });
    if (reception.kind === 'accepted') ids.push(...reception.events.map(({ id }) => id));
  }
  return ids;
}

const graph = (item: object) =>
  JSON.stringify({ value: [{ subscriptionId: 's', clientState: 'key', changeType: 'updated', ...item }] });
const status = (recipient: string) =>
  JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '1',
        changes: [
          {
            field: 'messages',
            value: {
              statuses: [{ id: 'wamid.1', status: 'read', recipient_type: 'group', recipient_id: recipient }],
            },
          },
        ],
      },
    ],
  });
const messenger = (message: object) =>
  JSON.stringify({
    object: 'page',
    entry: [{ id: '1', time: 1, messaging: [{ message: { mid: 'M1', ...message } }] }],
  });

const mailgunKeyed = (token: string) => ({
  timestamp: String(now),
  token,
  signature: hmac('sha256', 'key', `${now}${token}`, 'hex'),
});
const route = (token: string, recipient: string) =>
  new URLSearchParams({ ...mailgunKeyed(token), recipient, 'Message-Id': '<m@example.test>' }).toString();
const mailgunTest = (token: string) =>
  JSON.stringify({
    signature: mailgunKeyed(token),
    'event-data': {
      id: 'G9Bn5sl1TC6nu79C8C0bwg',
      event: 'delivered',
      'user-variables': { my_var_1: 'Mailgun Variable #1' },
    },
  });

describe('two events have two ids', () => {
  it.each<[string, string, string, string]>([
    ['drive root', 'msgraph', graph({ resource: 'me/drive/root' }), graph({ resource: 'me/drive/root' })],
    [
      'the same presence again',
      'msgraph',
      graph({ resource: 'communications/presences/1', resourceData: { id: '1', availability: 'Busy' } }),
      graph({ resource: 'communications/presences/1', resourceData: { id: '1', availability: 'Busy' } }),
    ],
    [
      'two lifecycle notifications that are equal',
      'msgraph',
      graph({ lifecycleEvent: 'missed' }),
      graph({ lifecycleEvent: 'missed' }),
    ],
    ['statuses of a group', 'meta', status('1'), status('2')],
    ['a message and its echo', 'meta', messenger({}), messenger({ is_echo: true })],
    ['one mail to two recipients', 'mailgun', route('t1', 'a@example.test'), route('t2', 'b@example.test')],
    ['two tests of Mailgun', 'mailgun', mailgunTest('t1'), mailgunTest('t2')],
    [
      'two tests of Stripe of one type',
      'stripe',
      '{"id":"evt_00000000000000","type":"invoice.paid"}',
      '{"id":"evt_00000000000000","type":"invoice.paid"}',
    ],
    [
      'two tests of Postmark',
      'postmark',
      '{"RecordType":"Bounce","MessageID":"00000000-0000-0000-0000-000000000000"}',
      '{"RecordType":"Bounce","MessageID":"00000000-0000-0000-0000-000000000000"}',
    ],
    [
      'two answers in one call',
      'twilio',
      'CallSid=CA1&CallStatus=in-progress&Digits=1',
      'CallSid=CA1&CallStatus=in-progress&Digits=2',
    ],
    [
      'two merges',
      'hubspot',
      '[{"eventId":1,"attemptNumber":0,"subscriptionType":"contact.merge","primaryObjectId":1}]',
      '[{"eventId":1,"attemptNumber":0,"subscriptionType":"contact.merge","primaryObjectId":2}]',
    ],
  ])('two ids: %s', async (_name, provider, one, other) => {
    const ids = await idsOf(provider, [signed(provider, one), signed(provider, other)]);

    expect(new Set(ids).size).toBe(2);
  });

  it('two pushes of GitLab that differ only in the header with their id have two ids', async () => {
    const push = (uuid: string) =>
      signed('gitlab', '{"object_kind":"push"}', { 'x-gitlab-event-uuid': uuid });

    expect(new Set(await idsOf('gitlab', [push('1'), push('2'), push('1')])).size).toBe(2);
  });
});

describe('one event has one id', () => {
  it.each([
    [
      'a change of a version of a resource',
      'msgraph',
      graph({ resource: 'messages/1', resourceData: { '@odata.etag': 'W/"1"' } }),
      graph({ resource: 'messages/1', resourceData: { '@odata.etag': 'W/"1"' }, other: 1 }),
    ],
    [
      'a merge that is tried again',
      'hubspot',
      '[{"eventId":1,"attemptNumber":0,"subscriptionType":"contact.merge","primaryObjectId":1}]',
      '[{"eventId":1,"attemptNumber":12,"subscriptionType":"contact.merge","primaryObjectId":1}]',
    ],
    [
      'an association that is tried again',
      'hubspot',
      '[{"attemptNumber":0,"subscriptionType":"contact.associationChange","fromObjectId":1,"toObjectId":2}]',
      '[{"attemptNumber":1,"subscriptionType":"contact.associationChange","fromObjectId":1,"toObjectId":2}]',
    ],
    [
      'a template of DocuSign that is tried again',
      'docusign',
      '{"event":"template-created","retryCount":0,"data":{"templateId":"t"}}',
      '{"event":"template-created","retryCount":3,"data":{"templateId":"t"}}',
    ],
    [
      'a ping of Intercom that is tried again',
      'intercom',
      '{"topic":"ping","delivery_status":"pending","delivery_attempts":1,"delivered_at":0,"created_at":5}',
      '{"topic":"ping","delivery_status":"retry","delivery_attempts":2,"delivered_at":7,"created_at":5}',
    ],
  ])('one id: %s', async (_name, provider, one, again) => {
    const ids = await idsOf(provider, [signed(provider, one), signed(provider, again)]);

    expect(new Set(ids).size).toBe(1);
  });

  it('a request of Linear that comes again under another unsigned id has one id', async () => {
    const body = `{"type":"Issue","action":"create","webhookTimestamp":${now}000}`;
    const delivery = (id: string) => signed('linear', body, { 'linear-delivery': id });

    expect(new Set(await idsOf('linear', [delivery('1'), delivery('2')])).size).toBe(1);
  });

  it('a command of Slack that comes again has one id', async () => {
    const body = 'command=%2Fdeploy&team_id=T1';

    expect(new Set(await idsOf('slack', [signed('slack', body), signed('slack', body)])).size).toBe(1);
  });
});

describe('the setting eventId', () => {
  const push = () => signed('stripe', '{"id":"evt_1","type":"a"}');

  it('with eventId: request, every request is an event', async () => {
    expect(await idsOf('stripe', [push(), push()], { eventId: 'request' })).toEqual([
      'request-1',
      'request-2',
    ]);
  });

  it('with eventId: provider, a redelivery is a duplicate', async () => {
    expect(await idsOf('stripe', [push(), push()])).toEqual(['evt_1', 'evt_1']);
  });

  it('an id that is too long for a key of the table is replaced by its hash', async () => {
    const long = signed('stripe', JSON.stringify({ id: 'x'.repeat(600), type: 'a' }));
    const ids = await idsOf('stripe', [long, long]);

    expect(ids[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(ids[1]).toBe(ids[0]);
  });
});

describe('a hash without the count of tries', () => {
  const rest = fc.dictionary(
    fc.string().filter((name) => name !== 'tries' && name !== '__proto__'),
    fc.jsonValue(),
  );
  const count = fc.oneof(fc.nat(), fc.string());
  const hashOf = (before: object, tries: unknown, after: object) =>
    bodyHashWithout(['tries'], Buffer.from(JSON.stringify({ ...before, tries, ...after })));

  it('a hash without the count of tries is the same for any count, in any place', () => {
    fc.assert(
      fc.property(rest, rest, count, count, (before, after, one, other) => {
        expect(hashOf(before, one, after)).toBe(hashOf(before, other, after));
      }),
    );
  });

  it('a hash without the count of tries differs with every other field', () => {
    fc.assert(
      fc.property(rest, rest, count, (one, other, tries) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(hashOf({}, tries, one) === hashOf({}, tries, other)).toBe(isSame);
      }),
    );
  });
});
