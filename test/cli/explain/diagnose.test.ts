import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../cli/explain/diagnose.ts';
import {
  at,
  calls,
  github,
  hmac,
  look,
  now,
  sourceOf,
  stripeRequest,
  url,
} from '../../support/cli/explain.ts';
import { requestOf } from '../../support/worlds/inbound-receiver.ts';

describe('a request that verifies', () => {
  it('a request that verifies is reported as such', async () => {
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

describe('an invalid secret', () => {
  it.each([
    ['"unset"', "holds a placeholder, not a secret; expected the provider's shared secret"],
    [
      `whpk_${Buffer.alloc(32, 9).toString('base64')}`,
      /^holds a public key, not a secret; expected the provider's shared secret$/,
    ],
    ['{"key":"hush"}', /^holds JSON, not a secret/],
  ])('an invalid secret is described as what it is: %j', async (secret, detail) => {
    const { verifies, findings } = await look(github('{}'), sourceOf('github', secret));

    expect(verifies).toBe(false);
    expect(findings).toContainEqual({ check: 'secret', ok: false, detail: expect.stringMatching(detail) });
    expect(JSON.stringify(findings)).not.toContain('hush');
  });
});

describe('a request that the receiver accepts', () => {
  it('a URL test without a signature is accepted as by the receiver', async () => {
    const test = { ...requestOf(''), method: 'GET', url: `${url}?challenge=abc` };

    expect(await look(test, sourceOf('dropbox', 'secret'))).toMatchObject({
      verifies: true,
      findings: [{ check: 'size' }, { check: 'secret' }, { check: 'handshake', ok: true }],
    });
  });

  it('a request is judged for the source’s public URL, regardless of the gateway’s name', async () => {
    const gateway = 'https://abc.execute-api.eu-central-1.amazonaws.com/webhooks/square';
    const body = '{"event_id":"1","type":"payment.updated"}';
    const signature = hmac('key', url + body).digest('base64');
    const request = { ...requestOf(body, { 'x-square-hmacsha256-signature': signature }), url: gateway };

    expect((await look(request, sourceOf('square', 'key', { publicUrl: url }))).verifies).toBe(true);
    expect((await look(request, sourceOf('square', 'key'))).likely.join()).toContain(`for the URL ${url}`);
  });

  it('a request is never confirmed or fetched for a second time', async () => {
    const visited: string[] = [];
    const visiting = { ...calls, visit: async (to: URL) => void visited.push(to.href) };
    await diagnose(github('{}'), sourceOf('github', 'secret'), at, visiting, async () => []);

    expect(visited).toEqual([]);
  });
});

describe('the diagnosis of a provider with custom verification', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const twilio = (signedUrl: string) =>
    requestOf('SmsStatus=sent&SmsSid=SM1', {
      ...form,
      'x-twilio-signature': hmac('token', `${signedUrl}SmsSidSM1SmsStatussent`, 'sha1').digest('base64'),
    });

  it.each([
    ['http', url.replace('https:', 'http:'), 'It verifies with http instead of https.'],
    ['a slash', `${url}/`, 'It verifies with a slash at the end of the URL.'],
    ['a query', `${url}?a=1`, undefined],
  ])('the diagnosis for Twilio shows the URL that was signed, and %s', async (_name, signedUrl, mistake) => {
    const found = await look(twilio(signedUrl), sourceOf('twilio', 'token'));
    const detail = found.findings.at(-1)?.detail;

    expect(detail).toContain(`signed content is the URL and the sorted fields of the form: `);
    expect(detail).toContain(JSON.stringify(`${url}SmsSidSM1SmsStatussent`));
    expect(found.likely).toEqual(
      mistake === undefined
        ? []
        : [expect.stringMatching(`^${mistake} twilio signed ${signedUrl}, but twilio expects`)],
    );
    expect(detail).toContain(`the URL is ${url} (as the request came; publicUrl is not set)`);
  });

  it('the diagnosis for Twilio reports another body than the URL names', async () => {
    const request = {
      ...requestOf('{}', { 'content-type': 'application/json' }),
      url: `${url}?bodySHA256=ab`,
    };
    const found = await look(request, sourceOf('twilio', 'token'));

    expect(found.findings.at(-1)?.detail).toContain('a body with SHA-256 ab… was signed');
  });

  it('the diagnosis for Mailgun shows what was signed, and how the secret was read', async () => {
    const signature = hmac(Buffer.from('key', 'utf8'), `${now}t`).digest('hex');
    const body = JSON.stringify({ signature: { timestamp: String(now), token: 't', signature } });
    const found = await look(requestOf(body), sourceOf('mailgun', 'key-2'));

    expect(found.findings.at(-1)?.detail).toContain(`received ${signature}`);
    expect(found.findings.at(-1)?.detail).toMatch(/computed [0-9a-f]{12}…/);
  });

  it('the diagnosis for FusionAuth distinguishes a wrong body from a wrong key', async () => {
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

describe('a diagnosis', () => {
  it('a diagnosis never shows a token, of the source or of another one', async () => {
    const request = requestOf('{}', { 'x-gitlab-token': 'another-token' });
    const text = JSON.stringify(await look(request, sourceOf('gitlab', 'the-own-token-1')));

    expect(text).toContain('received 13 characters');
    expect(text).not.toMatch(/another-token|the-own-token/);
  });

  it('a diagnosis names the header that a record lacks', async () => {
    const request = requestOf('{}', { 'x-gitlab-token': '***' });

    expect((await look(request, sourceOf('gitlab', 'the-token'))).likely).toEqual([
      'x-gitlab-token was not kept, because it may be a secret: capture the request and pass it with --request.',
    ]);
  });

  it('a diagnosis names what was signed and received, and never a whole computed signature', async () => {
    const { findings } = await look(github('{"a":1}', '{"a":2}'), sourceOf('github', 'secret'));
    const computed = hmac('secret', '{"a":2}').digest('hex');
    const text = findings.map(({ detail }) => detail).join('\n');

    expect(text).toContain('signed content is {body}: 7 bytes');
    expect(text).toContain(`received ${hmac('secret', '{"a":1}').digest('hex')}`);
    expect(text).toContain(`computed ${computed.slice(0, 12)}…`);
    expect(text).not.toContain(computed);
  });

  it('a diagnosis has the address and the size', async () => {
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
