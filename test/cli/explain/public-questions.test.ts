import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { LocalOutputs } from '../../../local/outputs.ts';
import { cliAws } from '../../support/cli/aws.ts';
import { localOutputs } from '../../support/cli/outputs.ts';

// Fourteen mistakes that people asked about in public, each in our own words: what they stored, what came, and what they
// wanted to know.

const folder = mkdtempSync(join(tmpdir(), 'hookline-questions-'));
afterAll(() => rmSync(folder, { recursive: true }));

const came = '2026-11-25T10:00:00Z';
const now = Date.parse(came) / 1000;
const publicUrl = 'https://hooks.example.test/webhooks/source';

interface Question {
  readonly provider: string;
  /** What is in Secrets Manager, by source. */
  readonly stored: string;
  readonly other?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  readonly publicUrl?: string;
  readonly named: RegExp;
}

const mac = (key: string | Buffer, text: string | Buffer, hash = 'sha256') =>
  createHmac(hash, key).update(text);

function stripe(key: string, signed: string | Buffer, time: number | string = now) {
  const text = Buffer.concat([Buffer.from(`${time}.`), Buffer.from(signed)]);
  return { 'stripe-signature': `t=${time},v1=${mac(key, text).digest('hex')}` };
}

const event = '{\n  "id": "evt_1",\n  "object": "event",\n  "type": "invoice.paid"\n}';
const slackForm =
  'token=t&command=%2Fdeploy&text=to+production%21&response_url=https%3A%2F%2Fhooks.slack.test%2F1';
const slackJson = JSON.stringify(Object.fromEntries(new URLSearchParams(slackForm)));
const githubForm = `payload=${encodeURIComponent('{"zen":"a b"}')}`;
const order = '{"id":1,"title":"Caf\u00e9 & Co","url":"https://shop.example.test/1"}';
const svixKey = Buffer.alloc(24, 7).toString('base64');

const questions: Readonly<Record<string, Question>> = {
  'Stripe: No signatures found matching, since express.json() came first and the body was stringified again':
    {
      provider: 'stripe',
      stored: 'whsec_test_1',
      headers: stripe('whsec_test_1', event),
      body: JSON.stringify(JSON.parse(event)),
      named: /JSON indented by two spaces: something parsed and rewrote it/,
    },
  'Stripe: the secret of the dashboard’s endpoint, and events by the CLI, which has another one': {
    provider: 'stripe',
    stored: 'whsec_dashboard',
    other: 'whsec_cli',
    headers: stripe('whsec_cli', event),
    body: event,
    named: /It verifies with the secret of other: the secrets were swapped, or .*another account, test mode/,
  },
  'Svix and Standard Webhooks: the sender signed with the text of the secret, and did not decode it': {
    provider: 'standard-webhooks',
    stored: `whsec_${svixKey}`,
    headers: {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(now),
      'webhook-signature': `v1,${mac(svixKey, `msg_1.${now}.{}`).digest('base64')}`,
    },
    body: '{}',
    named: /It verifies with the secret without its prefix/,
  },
  'GitHub: X-Hub-Signature was compared, which is the SHA-1 one': {
    provider: 'github',
    stored: 'It’s a Secret to Everybody',
    headers: {
      'x-hub-signature': `sha1=${mac('It’s a Secret to Everybody', '{"zen":"a"}', 'sha1').digest('hex')}`,
    },
    body: '{"zen":"a"}',
    named: /x-hub-signature has HMAC-SHA1 of the same bytes .* github writes x-hub-signature-256: sha256=/,
  },
  'Shopify: the digest in hex where base64 is compared': {
    provider: 'shopify',
    stored: 'shpss_1',
    headers: { 'x-shopify-hmac-sha256': mac('shpss_1', '{"id":1}').digest('hex') },
    body: '{"id":1}',
    named:
      /HMAC-SHA256 of the same bytes with this secret, in hex\. shopify writes x-shopify-hmac-sha256: <HMAC-SHA256 in base64>/,
  },
  'GitHub: the secret was generated into a file, and its line end was given to the sender, too': {
    provider: 'github',
    stored: 'b3f1c0',
    headers: { 'x-hub-signature-256': `sha256=${mac('b3f1c0\n', '{}').digest('hex')}` },
    body: '{}',
    named: /It verifies with a line end after the secret/,
  },
  'Twilio behind a load balancer that ends TLS: the URL has http': {
    provider: 'twilio',
    stored: '12345678901234567890123456789012',
    headers: {
      'x-twilio-signature': mac(
        '12345678901234567890123456789012',
        `${publicUrl}SmsSidSM1SmsStatussent`,
        'sha1',
      ).digest('base64'),
    },
    body: 'SmsSid=SM1&SmsStatus=sent',
    publicUrl: publicUrl.replace('https', 'http'),
    named:
      /with https instead of http\. twilio signed https:\S+, but source expects http:.*publicUrl: 'https:/,
  },
  'Stripe: a test of one’s own writes Date.now(), which is in milliseconds': {
    provider: 'stripe',
    stored: 'whsec_test_1',
    headers: stripe('whsec_test_1', event, `${now}000`),
    body: event,
    named: /The time is in milliseconds, but stripe uses seconds/,
  },
  'GitHub: the secret in quotes, as docker --env-file hands it on': {
    provider: 'github',
    stored: '"b3f1c0"',
    headers: { 'x-hub-signature-256': `sha256=${mac('b3f1c0', '{}').digest('hex')}` },
    body: '{}',
    named: /without the quotes around it: store it without them/,
  },
  'Slack: the form of a slash command was parsed, and stringified as JSON': {
    provider: 'slack',
    stored: '8f742231b10e8888abcd99yyyzzz85a5',
    headers: {
      'x-slack-request-timestamp': String(now),
      'x-slack-signature': `v0=${mac('8f742231b10e8888abcd99yyyzzz85a5', `v0:${now}:${slackForm}`).digest('hex')}`,
    },
    body: slackJson,
    named: /with the body as a form.*: something turned the form into JSON/,
  },
  'Stripe on Lambda: the body that API Gateway hands on in base64 was taken as it is': {
    provider: 'stripe',
    stored: 'whsec_test_1',
    headers: stripe('whsec_test_1', event),
    body: Buffer.from(event).toString('base64'),
    named: /with the body decoded from base64, as API Gateway forwards it/,
  },
  'GitHub: the webhook sends a form, and the field payload was compared': {
    provider: 'github',
    stored: 'b3f1c0',
    headers: { 'x-hub-signature-256': `sha256=${mac('b3f1c0', githubForm).digest('hex')}` },
    body: '{"zen":"a b"}',
    named: /with the body in the field payload of a form/,
  },
  'Shopify: json_encode wrote the body again, with slashes and letters escaped': {
    provider: 'shopify',
    stored: 'shpss_1',
    headers: { 'x-shopify-hmac-sha256': mac('shpss_1', order).digest('base64') },
    body: order.replaceAll('/', '\\/').replaceAll('\u00e9', '\\u00e9'),
    named:
      /with the body as compact JSON, without escapes that JSON does not need: something parsed and rewrote it/,
  },
  'Stripe through a tool that forwards: the line ends became CRLF': {
    provider: 'stripe',
    stored: 'whsec_test_1',
    headers: stripe('whsec_test_1', event),
    body: event.replaceAll('\n', '\r\n'),
    named: /line ends/,
  },
};

/** A stack with the source of the question, and another one of the same provider. */
function outputsOf({ provider, publicUrl: own }: Question): LocalOutputs {
  const sources = {
    source: { url: publicUrl, publicUrl: own, secretArn: 'arn:source', provider },
    other: { url: `${publicUrl}/other`, secretArn: 'arn:other', provider },
  };
  return { ...localOutputs, inbound: { ...localOutputs.inbound, sources } };
}

/** Explains a captured request, as a person would. */
async function explained(question: Question): Promise<string> {
  const secrets: Readonly<Record<string, string | undefined>> = {
    'arn:source': question.stored,
    'arn:other': question.other,
  };
  await using aws = await cliAws(
    {
      GetSecretValue({ SecretId, VersionStage }) {
        const SecretString = secrets[String(SecretId)];
        if (SecretString !== undefined && VersionStage === 'AWSCURRENT')
          return { SecretString, CreatedDate: 0 };
        throw Object.assign(new Error('not there'), { name: 'ResourceNotFoundException' });
      },
    },
    { outputs: outputsOf(question) },
  );
  const file = join(folder, 'captured.json');
  const bodyBase64 = Buffer.from(question.body).toString('base64');
  writeFileSync(file, JSON.stringify({ headers: question.headers, bodyBase64 }));
  const { code, stdout } = await aws.run('explain', 'source', '--request', file, '--at', came);
  expect(code).toBe(1);
  return stdout;
}

it.each(Object.entries(questions))('explain answers a public question: %s', async (_name, question) => {
  const said = await explained(question);

  expect(said).toMatch(question.named);
  expect(said).not.toContain('compare the secret with what the provider shows');
});
