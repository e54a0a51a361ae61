import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formOf } from '../../cli/explain/secret-form.ts';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { projectRoot } from '../../local/project-root.ts';
import { signsUrl } from '../../verify/signs-url.ts';

const page = join(projectRoot, 'docs/verify.md');
const rows: readonly (readonly [string, Provider])[] = Object.entries(catalogue);
const onNetwork = new Set(['sns', 'paypal', 'plaid', 'ebay']);

const needs = (name: string, provider: Provider): string =>
  [
    signsUrl(name, provider) && '`url`',
    onNetwork.has(name) && 'the network',
    provider.onceOnly && '`useOnce`',
    provider.handshake?.secretFromHandshake && 'sends its secret itself',
  ]
    .filter(Boolean)
    .join(', ');

const table = [
  '| provider | secret | needs |',
  '|---|---|---|',
  ...rows.map(
    ([name, provider]) => `| \`${name}\` | ${formOf(provider.secret)} | ${needs(name, provider)} |`,
  ),
].join('\n');

it('docs/verify.md has the form of each provider’s secret, and what its verification needs', () => {
  const text = readFileSync(page, 'utf8');
  const made = text.replace(/(<!-- secrets: .*-->\n)[\s\S]*(<!-- end of secrets -->)/, `$1${table}\n$2`);
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(page, made);

  expect(made).toBe(readFileSync(page, 'utf8'));
});
