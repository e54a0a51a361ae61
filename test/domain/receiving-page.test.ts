import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import {
  generateSecret,
  parseSecret,
  type SigningKey,
  verifierOf,
} from '../../lambdas/domain/endpoint-secret.ts';
import { asEventId } from '../../lambdas/domain/ids.ts';
import { signatureHeaders } from '../../lambdas/domain/outgoing-signature.ts';
import { toUnixSeconds, type UnixSeconds, unixMillis, unixSeconds } from '../../lambdas/domain/time.ts';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/receiving.md'), 'utf8');
const cache = join(root, 'node_modules/.cache');
mkdirSync(cache, { recursive: true });
/** Where the page's imports are found. */
const folder = mkdtempSync(join(cache, 'receiving-'));
afterAll(() => rmSync(folder, { recursive: true }));

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const rawBody = '{"id":"inv-42-paid","type":"invoice.paid","data":{"amount":1200}}';

const now = toUnixSeconds(unixMillis(Date.now()));
const keyOf = (text: string): SigningKey => parseSecret(text) ?? expect.fail(`${text} is no secret`);
const headersBy = (keys: readonly string[], timestamp: UnixSeconds = now) =>
  signatureHeaders(keys.map(keyOf), {
    eventId: asEventId('inv-42-paid'),
    timestamp,
    body: Buffer.from(rawBody),
  });

/** What a block of the page exports, counted from 0. */
async function javascript(index: number) {
  const [, code = ''] = [...page.matchAll(/```js\n([\s\S]*?)```/g)][index] ?? [];
  const file = join(folder, `receive-${index}.mjs`);
  writeFileSync(file, code);
  return import(pathToFileURL(file).href);
}

it('the JavaScript of docs/receiving.md accepts what we send, and nothing else', async () => {
  const { receive } = await javascript(0);
  const headers = headersBy([secret]);

  expect(receive({ rawBody, headers }, secret)).toMatchObject({ id: 'inv-42-paid', data: { amount: 1200 } });
  expect(() => receive({ rawBody: `${rawBody} `, headers }, secret)).toThrow();
});

it('the JavaScript of docs/receiving.md accepts what we send with a public key, also during a rotation', async () => {
  const { receiveWithPublicKey: receive } = await javascript(1);
  const [ours, next, other] = [generateSecret('v1a'), generateSecret('v1a'), generateSecret('v1a')];
  const headers = headersBy([next, secret, ours]);

  for (const key of [ours, next]) {
    expect(receive({ rawBody, headers }, verifierOf(key))).toMatchObject({ id: 'inv-42-paid' });
  }
  expect(() => receive({ rawBody: `${rawBody} `, headers }, verifierOf(ours))).toThrow();
  expect(() => receive({ rawBody, headers }, verifierOf(other))).toThrow();
  expect(() => receive({ rawBody, headers: headersBy([secret]) }, verifierOf(ours))).toThrow();
  const old = headersBy([ours], unixSeconds(now - 301));
  expect(() => receive({ rawBody, headers: old }, verifierOf(ours))).toThrow('too old');
});

it('the header that docs/receiving.md calls missing with a public key is the only missing one', () => {
  const [shared, asymmetric] = [headersBy([secret]), headersBy([generateSecret('v1a')])];
  const missing = Object.keys(shared).filter((name) => !(name in asymmetric));

  expect(missing).toEqual(['X-Webhook-Signature']);
  expect(page).toContain('**`X-Webhook-Signature` is missing**');
});

it.each(['python', 'go', 'ruby', 'php'])('docs/receiving.md has an example in %s', (language) => {
  expect(page).toContain(`\`\`\`${language}\n`);
});

it('README and the table of files link to docs/receiving.md', () => {
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain('docs/receiving.md');
});
