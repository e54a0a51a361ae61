import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readCapturedRequest } from '../../bin/explain/captured-request.ts';
import { diagnose, type OtherSecret } from '../../bin/explain/diagnose.ts';
import type { ExplainedSource } from '../../bin/explain/judge.ts';
import { catalogue, type ProviderName, providerOf } from '../../lambdas/domain/provider/catalogue.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import type { SourceSettings } from '../../lambdas/domain/source.ts';
import { seconds, unixMillis } from '../../lambdas/domain/time.ts';
import { requestOf } from '../fakes/inbound-receiver.ts';
import { sourceSettings } from '../fakes/inbound-world.ts';

const now = 1_795_000_000;
const at = unixMillis(now * 1000);
const url = 'https://hooks.example.test/webhooks/source';
const hmac = (key: string | Buffer, text: string, hash = 'sha256') => createHmac(hash, key).update(text);

const sourceOf = (
  slug: ProviderName,
  secret: string,
  changes: Partial<SourceSettings> = {},
  more: Partial<ExplainedSource> = {},
): ExplainedSource => {
  const provider = providerOf({ name: slug, provider: slug, ...changes });
  const tolerance = seconds(provider.tolerance ?? 300);
  return {
    settings: sourceSettings({ name: slug, provider: slug, tolerance, maxBodyBytes: 1000, ...changes }),
    provider,
    current: { value: secret, createdAt: unixMillis(0) },
    urls: [url],
    ...more,
  };
};
const calls = {
  roots: [],
  fetchKey: async () => ({ isThere: false, text: '' }),
  visit: async () => undefined,
};
const look = (request: RawRequest, source: ExplainedSource, others: readonly OtherSecret[] = []) =>
  diagnose(request, source, at, calls, async () => others);

const stripeRequest = (signed: string, sent = signed, key = 'whsec_1', time = now) =>
  requestOf(sent, { 'stripe-signature': `t=${time},v1=${hmac(key, `${time}.${signed}`).digest('hex')}` });
const github = (signed: string, sent = signed, key = 'secret') =>
  requestOf(sent, { 'x-hub-signature-256': `sha256=${hmac(key, signed).digest('hex')}` });

describe('a request that verifies', () => {
  it('is said to', async () => {
    expect(
      await look(stripeRequest('{"id":"1","type":"invoice.paid"}'), sourceOf('stripe', 'whsec_1')),
    ).toMatchObject({
      verifies: true,
      likely: [],
      findings: [
        { check: 'size' },
        { check: 'secret' },
        { check: 'signature', ok: true },
        { check: 'time' },
        { check: 'body', ok: true, detail: 'invoice.paid 1' },
      ],
    });
  });
});

describe('the usual mistakes are recognised:', () => {
  const pretty = '{\n  "id": "1",\n  "name": "Zoë",\n  "path": "a/b"\n}';
  const compact = JSON.stringify(JSON.parse(pretty));
  const python = '{"id": "1", "name": "Zoë", "path": "a/b"}';
  const phpSlashes = '{"id":"1","name":"Zo\\u00eb","path":"a\\/b"}';
  const php = compact.replace('ë', '\\u00eb');

  it.each([
    ['a body written again compactly', pretty, compact, /two blanks a level: something parsed it/],
    ['a body written again with blanks', compact, pretty, /compact JSON: something parsed it/],
    ['a body written again by Node for one of Python', python, compact, /as Python writes it: something/],
    ['a body of PHP', phpSlashes, compact, /for what is not ASCII and for slashes: something parsed it/],
    ['a body with a line end that was parsed', `${pretty}\n`, compact, /two blanks a level and a line end/],
    ['a body read as Latin-1', compact, Buffer.from(compact).toString('latin1'), /read it as Latin-1/],
    ['escapes that became characters', php, compact, /escapes for what is not ASCII/],
    ['a trimmed line end', `${compact}\n`, compact, /with a line end behind the body, which was trimmed/],
    ['an added line end', compact, `${compact}\n`, /without the white space around the body/],
    ['changed line ends', pretty.replaceAll('\n', '\r\n'), pretty, /with CR LF for each LF/],
    ['a body in base64', compact, Buffer.from(compact).toString('base64'), /decoded from base64/],
  ])('%s', async (_name, signed, sent, message) => {
    for (const found of [
      await look(stripeRequest(signed, sent), sourceOf('stripe', 'whsec_1')),
      await look(github(signed, sent), sourceOf('github', 'secret')),
    ]) {
      expect(found.verifies).toBe(false);
      expect(found.likely.join('\n')).toMatch(message);
    }
  });

  it('the secret of another source of the same provider', async () => {
    const others = [{ source: 'stripe-test', provider: catalogue.stripe, value: 'whsec_test' }];
    const found = await look(stripeRequest('{}', '{}', 'whsec_test'), sourceOf('stripe', 'whsec_1'), others);

    expect(found.likely).toEqual([
      "It verifies with the secret of stripe-test: the secrets were swapped, or it is that webhook's (another account, test mode).",
    ]);
  });

  it('a request for another source', async () => {
    const others = [{ source: 'github', provider: catalogue.github, value: 'secret' }];
    const found = await look(github('{}'), sourceOf('stripe', 'whsec_1'), others);

    expect(found.likely.join()).toContain('It is a request of github: it was sent to the wrong URL.');
  });

  it.each([
    ['old', now - 301, /more than 300 s ago/],
    ['ahead', now + 301, /more than 300 s ahead/],
  ])('a time that is too %s', async (_name, time, message) => {
    const found = await look(stripeRequest('{}', '{}', 'whsec_1', time), sourceOf('stripe', 'whsec_1'));

    expect(found.findings.at(-1)).toMatchObject({ check: 'time', ok: false });
    expect(found.likely.join()).toMatch(message);
  });

  it('a secret that should have been decoded, and one that should not', async () => {
    const key = Buffer.alloc(32, 7);
    const secret = `whsec_${key.toString('base64')}`;
    const standard = (signedWith: string | Buffer) =>
      requestOf('{}', {
        'webhook-id': 'm',
        'webhook-timestamp': String(now),
        'webhook-signature': `v1,${hmac(signedWith, `m.${now}.{}`).digest('base64')}`,
      });

    expect((await look(standard(secret), sourceOf('standard-webhooks', secret))).likely.join()).toContain(
      'It verifies with the secret as it is, without decoding it.',
    );
    expect((await look(github('{}', '{}', 'ab'), sourceOf('github', 'secret_ab'))).likely.join()).toContain(
      'It verifies with the secret without its prefix.',
    );
  });

  it('another URL than was signed', async () => {
    const square = (signed: string) =>
      requestOf('{}', { 'x-square-hmacsha256-signature': hmac('key', `${signed}{}`).digest('base64') });
    const urls = [url, 'https://abc.execute-api.eu-central-1.amazonaws.com/webhooks/square'];
    const source = sourceOf('square', 'key', {}, { urls });

    expect((await look(square(`${url}/`), source)).likely.join()).toContain(
      'with a slash at the end of the URL',
    );
    expect((await look(square(source.urls[1] ?? ''), source)).likely.join()).toContain(
      'for the URL https://abc.execute-api',
    );
  });

  it('only the legacy header', async () => {
    const old = requestOf('{}', { 'x-hub-signature': `sha1=${hmac('secret', '{}', 'sha1').digest('hex')}` });

    expect((await look(old, sourceOf('github', 'secret'))).likely.join()).toContain(
      'Only x-hub-signature is there: SHA-1',
    );
  });

  it('no signature at all, and one in another header', async () => {
    expect((await look(requestOf('{}'), sourceOf('github', 'secret'))).likely.join()).toContain(
      'turn signing on at github',
    );
    expect(
      (await look(requestOf('{}', { 'x-acme-signature': 'a' }), sourceOf('github', 'secret'))).likely.join(),
    ).toContain('x-acme-signature looks like a signature');
  });

  it('the previous secret, after its overlap', async () => {
    const rotated = (createdAt: number) =>
      sourceOf(
        'github',
        'new',
        {},
        {
          current: { value: 'new', createdAt: unixMillis(createdAt * 1000) },
          previous: { value: 'secret', createdAt: unixMillis(0) },
        },
      );

    expect(await look(github('{}'), rotated(now - 90_000))).toMatchObject({
      verifies: false,
      likely: [expect.stringContaining('It verifies with the previous secret, which counts no more')],
    });
    expect((await look(github('{}'), rotated(now - 80_000))).findings).toContainEqual({
      check: 'secret',
      ok: true,
      detail: '2 keys',
    });
  });

  it('a body that is signed and is no event', async () => {
    const ping = await look(stripeRequest('{"id":"1"}'), sourceOf('stripe', 'whsec_1'));
    const form = await look(stripeRequest('id=1'), sourceOf('stripe', 'whsec_1'));

    expect(ping.findings.at(-1)).toEqual({ check: 'body', ok: false, detail: 'no-event-type' });
    expect(ping.likely.join()).toContain('no event type is where this provider has it');
    expect(form).toMatchObject({
      verifies: false,
      likely: [expect.stringContaining('set its webhook to JSON')],
    });
  });

  it('a secret that the provider brings itself', async () => {
    const source = sourceOf('asana', 'unset');

    expect((await look(requestOf('{}'), source)).likely.join()).toContain(
      'npx hookline secrets await asana, then',
    );
    expect(
      (await look(requestOf('{}', { 'x-hook-secret': 'c'.repeat(64) }), source)).likely.join(),
    ).toContain('This request brings the secret, outside the window');
  });

  it('a form that something wrote again', async () => {
    const signed = 'text=a%20b&id=1';
    const source = sourceOf('slack', 'key');
    const request = requestOf(signed.replaceAll('%20', '+'), {
      'x-slack-request-timestamp': String(now),
      'x-slack-signature': `v0=${hmac('key', `v0:${now}:${signed}`).digest('hex')}`,
    });

    expect((await look(request, source)).likely.join()).toContain('with %20 for each + in the form');
  });

  it('a key server that does not answer', async () => {
    const unanswered = { ...calls, fetchKey: async () => Promise.reject(new Error('no route')) };
    const secret = '{"clientId":"a","secret":"b","environment":"sandbox"}';
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'ES256', kid: 'bfbd5111-8e33-4643-8ced-b2e642a72f3c', typ: 'JWT' })}.${part({ iat: now })}.${'A'.repeat(86)}`;
    const request = requestOf('{}', { 'plaid-verification': token });
    const found = await diagnose(request, sourceOf('plaid', secret), at, unanswered, async () => []);

    expect(found.findings.at(-1)).toMatchObject({ check: 'keys', ok: false });
    expect(found.findings.at(-1)?.detail).toContain('no route');
  });

  it('a secret that was never stored', async () => {
    expect((await look(github('{}'), sourceOf('github', 'unset'))).likely).toEqual([
      'Store the secret: npx hookline secrets set github.',
    ]);
  });
});

describe('what the receiver takes', () => {
  it('is a URL test without a signature', async () => {
    const test = { ...requestOf(''), method: 'GET', url: `${url}?challenge=abc` };

    expect(await look(test, sourceOf('dropbox', 'secret'))).toMatchObject({
      verifies: true,
      findings: [{ check: 'size' }, { check: 'secret' }, { check: 'handshake', ok: true }],
    });
  });

  it('is judged for the source’s public URL, whatever the gateway calls itself', async () => {
    const gateway = 'https://abc.execute-api.eu-central-1.amazonaws.com/webhooks/square';
    const body = '{"event_id":"1","type":"payment.updated"}';
    const signature = hmac('key', url + body).digest('base64');
    const request = { ...requestOf(body, { 'x-square-hmacsha256-signature': signature }), url: gateway };

    expect((await look(request, sourceOf('square', 'key', { publicUrl: url }))).verifies).toBe(true);
    expect((await look(request, sourceOf('square', 'key'))).likely.join()).toContain(`for the URL ${url}`);
  });

  it('is never confirmed or fetched for a second time', async () => {
    const visited: string[] = [];
    const visiting = { ...calls, visit: async (to: URL) => void visited.push(to.href) };
    await diagnose(github('{}'), sourceOf('github', 'secret'), at, visiting, async () => []);

    expect(visited).toEqual([]);
  });
});

describe('what is told of a provider with a way of its own', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const twilio = (signedUrl: string) =>
    requestOf('SmsStatus=sent&SmsSid=SM1', {
      ...form,
      'x-twilio-signature': hmac('token', `${signedUrl}SmsSidSM1SmsStatussent`, 'sha1').digest('base64'),
    });

  it.each([
    ['http', url.replace('https:', 'http:'), 'It verifies with http for https.'],
    ['a slash', `${url}/`, 'It verifies with a slash at the end of the URL.'],
    ['a query', `${url}?a=1`, undefined],
  ])('Twilio: the URL that was signed, and %s', async (_name, signedUrl, mistake) => {
    const found = await look(twilio(signedUrl), sourceOf('twilio', 'token'));
    const detail = found.findings.at(-1)?.detail;

    expect(detail).toContain(`signed is the URL and the sorted fields of the form: `);
    expect(detail).toContain(JSON.stringify(`${url}SmsSidSM1SmsStatussent`));
    expect(found.likely).toEqual(mistake === undefined ? [] : [mistake]);
  });

  it('Twilio: another body than the URL names', async () => {
    const request = {
      ...requestOf('{}', { 'content-type': 'application/json' }),
      url: `${url}?bodySHA256=ab`,
    };
    const found = await look(request, sourceOf('twilio', 'token'));

    expect(found.findings.at(-1)?.detail).toContain('a body with SHA-256 ab… was signed');
  });

  it('Mailgun: what was signed, and the reading of the secret', async () => {
    const signature = hmac(Buffer.from('key', 'utf8'), `${now}t`).digest('hex');
    const body = JSON.stringify({ signature: { timestamp: String(now), token: 't', signature } });
    const found = await look(requestOf(body), sourceOf('mailgun', 'key-2'));

    expect(found.findings.at(-1)?.detail).toContain(`received ${signature}`);
    expect(found.findings.at(-1)?.detail).toMatch(/computed [0-9a-f]{12}…/);
  });

  it('FusionAuth: whether it is the body or the key', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const hash = createHash('sha256').update('{"a":1}').digest('base64');
    const signed = `${part({ alg: 'HS256' })}.${part({ request_body_sha256: hash })}`;
    const token = `${signed}.${hmac('key', signed).digest('base64url')}`;
    const detailOf = async (body: string, secret: string) => {
      const request = requestOf(body, { 'x-fusionauth-signature-jwt': token });
      return (await look(request, sourceOf('fusionauth', secret))).findings.at(-1)?.detail;
    };

    expect(await detailOf('{"a":2}', 'key')).toContain('and one with');
    expect(await detailOf('{"a":1}', 'other')).toContain('the body is the one that was signed');
  });
});

describe('what is told', () => {
  it('never shows a token, of the source or of another one', async () => {
    const request = requestOf('{}', { 'x-gitlab-token': 'another-token' });
    const text = JSON.stringify(await look(request, sourceOf('gitlab', 'the-own-token-1')));

    expect(text).toContain('received 13 characters');
    expect(text).not.toMatch(/another-token|the-own-token/);
  });

  it('says which header a record leaves out', async () => {
    const request = requestOf('{}', { 'x-gitlab-token': '***' });

    expect((await look(request, sourceOf('gitlab', 'the-token'))).likely).toEqual([
      'x-gitlab-token was not kept, because it may be a secret: capture the request and give it with --request.',
    ]);
  });

  it('names what was signed and received, and never a whole signature that was computed', async () => {
    const { findings } = await look(github('{"a":1}', '{"a":2}'), sourceOf('github', 'secret'));
    const computed = hmac('secret', '{"a":2}').digest('hex');
    const text = findings.map(({ detail }) => detail).join('\n');

    expect(text).toContain('signed is {body}: 7 bytes');
    expect(text).toContain(`received ${hmac('secret', '{"a":1}').digest('hex')}`);
    expect(text).toContain(`computed ${computed.slice(0, 12)}…`);
    expect(text).not.toContain(computed);
  });

  it('has the address and the size', async () => {
    const signed = github(JSON.stringify({ zen: 'x'.repeat(1001) }));
    const headers = new Map([...signed.headers, ['x-github-event', 'ping'], ['x-github-delivery', '1']]);
    const request = { ...signed, headers, sourceIp: '203.0.113.1' };
    const { findings } = await look(
      request,
      sourceOf('github', 'secret', { allowedCidrs: ['192.0.2.0/24'] }),
    );

    expect(findings).toMatchObject([
      { check: 'address', ok: false, detail: '203.0.113.1 is not in allowedCidrs' },
      { check: 'size', ok: false },
      { check: 'secret', ok: true },
      { check: 'signature', ok: true },
      { check: 'time', ok: true },
      { check: 'body', ok: true },
    ]);
  });
});

describe('a captured request', () => {
  const wire =
    'POST /webhooks/github?a=1 HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: sha256=ab\r\n\r\n{"a":1}\r\n\r\nend';

  it('is read as it went over the wire, its body byte for byte', () => {
    const request = readCapturedRequest(Buffer.from(wire), url);

    expect(request).toMatchObject({ method: 'POST', url: `${url}?a=1` });
    expect(request.headers.get('x-hub-signature-256')).toBe('sha256=ab');
    expect(Buffer.from(request.body).toString()).toBe('{"a":1}\r\n\r\nend');
  });

  it('loses the line end of an editor where its length says so', () => {
    const saved = (length: number, body: string) =>
      Buffer.from(`POST / HTTP/1.1\ncontent-length: ${length}\n\n${body}`);
    const bodyOf = (file: Buffer) => Buffer.from(readCapturedRequest(file, url).body).toString();

    expect(bodyOf(saved(2, '{}\n'))).toBe('{}');
    expect(bodyOf(saved(3, '{}\n'))).toBe('{}\n');
    expect(bodyOf(saved(1, '{}\n'))).toBe('{}\n');
  });

  it('is read as API Gateway and as Node hand it on', () => {
    const gateway = { headers: { a: '1' }, body: '/w==', isBase64Encoded: true, rawQueryString: 'a=b' };
    const node = { headers: { a: ['1', '2'] }, body: 'x' };
    const read = (captured: object) => readCapturedRequest(Buffer.from(JSON.stringify(captured)), url);

    expect(Buffer.from(read(gateway).body)).toEqual(Buffer.from([255]));
    expect(read(gateway).url).toBe(`${url}?a=b`);
    expect(read(node).headers.get('a')).toBe('1, 2');
  });

  it('is read as JSON, with a body in base64, too', () => {
    const json = (body: object) => Buffer.from(JSON.stringify({ headers: { 'X-A': '1' }, ...body }));

    expect(Buffer.from(readCapturedRequest(json({ bodyBase64: '/w==' }), url).body)).toEqual(
      Buffer.from([255]),
    );
    expect(readCapturedRequest(json({ body: 'ü', method: 'GET' }), url)).toMatchObject({
      method: 'GET',
      url,
    });
  });

  it.each(['', 'hello', '{"body":"no headers"}', '{broken'])('that is none is refused: %j', (text) => {
    expect(() => readCapturedRequest(Buffer.from(text), url)).toThrow('The captured request cannot be read.');
  });
});
