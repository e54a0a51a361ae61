import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { signatureHeaders } from '../../lambdas/domain/outgoing-signature.ts';
import { toUnixSeconds, unixMillis } from '../../lambdas/domain/time.ts';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/receiving.md'), 'utf8');
const cache = join(root, 'node_modules/.cache');
mkdirSync(cache, { recursive: true });
/** Where the page's imports are found. */
const folder = mkdtempSync(join(cache, 'receiving-'));
afterAll(() => rmSync(folder, { recursive: true }));

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const rawBody = '{"id":"inv-42-paid","type":"invoice.paid","data":{"amount":1200}}';

it('the JavaScript of docs/receiving.md takes what we send, and nothing else', async () => {
  const [, code = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
  writeFileSync(join(folder, 'receive.mjs'), code);
  const { receive } = await import(pathToFileURL(join(folder, 'receive.mjs')).href);
  const timestamp = toUnixSeconds(unixMillis(Date.now()));
  const key = { kind: 'v1', bytes: Buffer.from(secret.slice(6), 'base64') } as const;
  const headers = signatureHeaders([key], { eventId: 'inv-42-paid', timestamp, body: Buffer.from(rawBody) });

  expect(receive({ rawBody, headers }, secret)).toMatchObject({ id: 'inv-42-paid', data: { amount: 1200 } });
  expect(() => receive({ rawBody: `${rawBody} `, headers }, secret)).toThrow();
});

it.each(['python', 'go', 'ruby', 'php'])('docs/receiving.md has an example in %s', (language) => {
  expect(page).toContain(`\`\`\`${language}\n`);
});

it('README and the table of files lead there', () => {
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain('docs/receiving.md');
});
