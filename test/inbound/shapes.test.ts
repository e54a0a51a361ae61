import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { providerOf } from '../../lambdas/domain/provider/catalogue.ts';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import type { HmacSettings } from '../../lambdas/domain/source.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { memoryReceiver, requestOf } from '../support/worlds/inbound-receiver.ts';

const now = 1_795_000_000;
const sign = (hash: string, key: string, text: string, encoding: 'hex' | 'base64' = 'hex') =>
  createHmac(hash, key).update(text).digest(encoding);
const current = (value: string) => ({ current: { value, createdAt: unixMillis(0) } });

describe('requests that lack something', () => {
  it('an unsigned ping of Bitbucket Data Center gets a response and is not an event', async () => {
    const receiver = memoryReceiver({ provider: 'bitbucket' }, current('key'));
    const ping = requestOf('{"test":true}', { 'x-event-key': 'diagnostics:ping', 'x-request-id': '1' });

    expect(await receiver.receive(ping, now)).toEqual({
      kind: 'handshake',
      response: { status: 200, body: '' },
    });
    const other = requestOf('{"test":true}', { 'x-event-key': 'repo:refs_changed', 'x-request-id': '1' });
    expect(await receiver.receive(other, now)).toMatchObject({ status: 401 });
    expect(receiver.sent).toEqual([]);
  });

  it('a webhook of Jira without a body is an event', async () => {
    const receiver = memoryReceiver({ provider: 'jira' }, current('key'));
    const headers = { 'x-hub-signature': `sha256=${sign('sha256', 'key', '')}` };
    const named = requestOf('', { ...headers, 'x-atlassian-webhook-identifier': 'i1' });

    expect(await receiver.receive(named, now)).toMatchObject({ events: [{ id: 'i1', type: 'unknown' }] });
    // Without an identifier nothing tells two of them apart.
    expect(await receiver.receive(requestOf('', headers), now)).toMatchObject({
      events: [{ id: 'request-2' }],
    });
  });

  it('a malformed event of Asana does not affect the others of its batch', async () => {
    const receiver = memoryReceiver({ provider: 'asana' }, current('key'));
    const body =
      '{"events":[{"action":"deleted","resource":null},{"action":"added","resource":{"resource_type":"task"}},{}]}';
    const request = requestOf(body, { 'x-hook-signature': sign('sha256', 'key', body) });

    expect(await receiver.receive(request, now)).toMatchObject({
      events: [{ type: 'deleted' }, { type: 'task.added' }, { type: 'unknown' }],
    });
  });

  it.each(['Basic', 'basic', 'BASIC'])('the authorization scheme %s is accepted', async (scheme) => {
    const receiver = memoryReceiver({ provider: 'chargebee' }, current('user:pass-word'));
    const authorization = `${scheme} ${Buffer.from('user:pass-word').toString('base64')}`;
    const request = requestOf('{"id":"e1","event_type":"a"}', { authorization });

    expect(await receiver.receive(request, now)).toMatchObject({ events: [{ id: 'e1' }] });
  });

  it('a line end behind an event type is removed', async () => {
    const receiver = memoryReceiver({ provider: 'zendesk' }, current('key'));
    const [body, timestamp] = ['{"type":"ticket\\n"}', '2026-11-18T11:06:40Z'];
    const headers = {
      'x-zendesk-webhook-signature-timestamp': timestamp,
      'x-zendesk-webhook-signature': sign('sha256', 'key', timestamp + body, 'base64'),
    };

    for (const method of ['POST', 'PUT', 'PATCH']) {
      const request = { ...requestOf(body, headers), method };
      expect(await receiver.receive(request, now)).toMatchObject({ events: [{ type: 'ticket' }] });
    }
  });
});

describe('URLs of Twilio', () => {
  const form = 'Digits=1';
  const given = 'https://hooks.example.test/webhooks/source';

  it.each([
    ['as it is', given, undefined],
    ['the default port', 'https://hooks.example.test:443/webhooks/source', undefined],
    ['credentials', 'https://user:pass@example.test/t', 'https://user:pass@example.test/t'],
    [
      'credentials and the default port',
      'https://user:pass@example.test:443/t',
      'https://user:pass@example.test/t',
    ],
    ['a port that was left out', 'https://example.test/t', 'https://example.test:1234/t'],
    ['its own port', 'https://example.test:1234/t', 'https://example.test:1234/t'],
    ['http with its port', 'http://example.test:80/t', 'http://example.test/t'],
  ])('a URL that Twilio signed is accepted: %s', async (_name, signedUrl, publicUrl) => {
    const receiver = memoryReceiver({ provider: 'twilio', publicUrl }, current('key'));
    const headers = { 'x-twilio-signature': sign('sha1', 'key', `${signedUrl}Digits1`, 'base64') };

    expect(await receiver.receive(requestOf(form, headers), now)).toMatchObject({ kind: 'accepted' });
  });

  it.each([
    ["?a=It's", '?a=It%27s'],
    ['?a=It%27s', "?a=It's"],
    ['?a=b+c', '?a=b%20c'],
  ])('a query that came as %s and was signed by Twilio as %s is accepted', async (came, was) => {
    const receiver = memoryReceiver({ provider: 'twilio' }, current('key'));
    const headers = { 'x-twilio-signature': sign('sha1', 'key', `${given}${was}Digits1`, 'base64') };
    const request = { ...requestOf(form, headers), url: given + came };

    expect(await receiver.receive(request, now)).toMatchObject({ kind: 'accepted' });
  });

  it('an algorithm that Twilio does not have is refused', async () => {
    const receiver = memoryReceiver({ provider: 'twilio' }, current('key'));
    const headers = {
      'x-twilio-signature': sign('sha256', 'key', `${given}Digits1`, 'base64'),
      'x-twilio-webhooks-signature-settings': 'key=SK1,algorithm=none',
    };

    expect(await receiver.receive(requestOf(form, headers), now)).toMatchObject({
      reason: 'malformed-header',
    });
  });

  it('a GET of Twilio has its event in the query, and gets TwiML', async () => {
    const receiver = memoryReceiver({ provider: 'twilio' }, current('key'));
    const url = `${given}?CallSid=CA1&CallStatus=ringing&Digits=1`;
    const headers = { 'x-twilio-signature': sign('sha1', 'key', url, 'base64') };
    const request = { ...requestOf('', headers), url, method: 'GET' };

    const reception = await receiver.receive(request, now);
    expect(reception).toMatchObject({ events: [{ type: 'ringing' }] });
    expect(reception.kind === 'accepted' && Buffer.from(reception.events[0]?.body ?? '').toString()).toBe(
      'CallSid=CA1&CallStatus=ringing&Digits=1',
    );
    const { answer } = receiver.provider;
    expect(typeof answer === 'function' && answer(request)).toMatchObject({ body: '<Response/>' });
  });
});

describe('secrets as the dashboard shows them', () => {
  const [one, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)].map(
    (key) => `v1,whsec_${key.toString('base64')}`,
  );

  it('a secret of Supabase has one key or several', () => {
    expect(parseSecretValue(`${one}|${other}`, 'standard-webhooks')?.keys).toHaveLength(2);
    expect(parseSecretValue(`${one}|unset`, 'standard-webhooks')).toBeUndefined();
    expect(parseSecretValue('v1,whsec_', 'standard-webhooks')).toBeUndefined();
  });

  it('a secret of Polar is its text', () => {
    const [dated] = parseSecretValue('polar_whs_Ab3dEf6hIj9kLm2n', 'standard-webhooks')?.keys ?? [];
    const key = dated?.key.kind === 'hmac' ? dated.key.secretKey.export() : undefined;

    expect(key).toEqual(Buffer.from('polar_whs_Ab3dEf6hIj9kLm2n'));
  });

  it('a secret of Box may be the primary key alone', () => {
    const { secret } = providerOf({ name: 'box', provider: 'box' });

    for (const value of ['Ab3dEf6hIj9kLm2nOp5q', '{"primary":"Ab3dEf6hIj9kLm2nOp5q"}'])
      expect(parseSecretValue(value, secret)?.keys[0]?.key).toEqual({
        kind: 'fields',
        fields: { primary: 'Ab3dEf6hIj9kLm2nOp5q' },
      });
    for (const value of ['{}', '{"primary":""}', 'unset', '{"primary":"unset"}'])
      expect(parseSecretValue(value, secret)).toBeUndefined();
  });
});

describe('a sender that is not in the catalogue', () => {
  const hmac: HmacSettings = { signatureHeader: 'X-Sign', algorithm: 'sha256', encoding: 'hex', prefix: '' };
  const body = '{"type":"a"}';
  const receive = (settings: HmacSettings, header: string, more: Record<string, string> = {}) =>
    memoryReceiver({ provider: 'hmac', hmac: settings }, current('key')).receive(
      requestOf(body, { 'x-sign': header, ...more }),
      now,
    );

  it('a generic HMAC sender may put fields into its header', async () => {
    const settings: HmacSettings = { ...hmac, fields: { signature: 'v1', timestamp: 't' } };
    const right = sign('sha256', 'key', `${now}.${body}`);

    expect(await receive(settings, `t=${now},v1=${right}`)).toMatchObject({ kind: 'accepted' });
    expect(await receive(settings, `t=${now}, v1=00, v1=${right}`)).toMatchObject({ kind: 'accepted' });
    expect(await receive(settings, `t=${now},v0=${right}`)).toMatchObject({ reason: 'malformed-header' });
    expect(await receive(settings, `v1=${right}`)).toMatchObject({ status: 401 });
    const old = sign('sha256', 'key', `${now - 301}.${body}`);
    expect(await receive(settings, `t=${now - 301},v1=${old}`)).toMatchObject({ reason: 'too-old' });
  });

  it('a generic HMAC sender may sign its URL', async () => {
    const url = 'https://hooks.example.test/webhooks/source';

    expect(
      await receive({ ...hmac, signed: '{url}{body}' }, sign('sha256', 'key', url + body)),
    ).toMatchObject({
      kind: 'accepted',
    });
  });

  it('a generic HMAC sender may sign its id, which must be there', async () => {
    const settings: HmacSettings = { ...hmac, idHeader: 'X-Id', signed: '{id}.{body}' };
    const right = sign('sha256', 'key', `m1.${body}`);

    expect(await receive(settings, right, { 'x-id': 'm1' })).toMatchObject({ events: [{ id: 'm1' }] });
    expect(await receive(settings, right, { 'x-id': 'm2' })).toMatchObject({ reason: 'mismatch' });
    expect(await receive(settings, right)).toMatchObject({ reason: 'missing-header' });
  });

  it('a generic HMAC sender may test the URL with a GET', async () => {
    const receiver = memoryReceiver(
      { provider: 'hmac', hmac: { ...hmac, challengeParameter: 'challenge' } },
      current('key'),
    );
    const get = (query: string) => ({
      ...requestOf(''),
      method: 'GET',
      url: `https://hooks.example.test/webhooks/source?${query}`,
    });

    expect(await receiver.receive(get('challenge=abc-1'), now)).toEqual({
      kind: 'handshake',
      response: { status: 200, contentType: 'text/plain', body: 'abc-1' },
    });
    expect(await receiver.receive(get('challenge=%3Cscript%3E'), now)).toMatchObject({ status: 401 });
  });
});
