import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';

const root = resolve(import.meta.dirname, '../..');
const letters = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, '');

/** Where the signature is said in words, an id that it covers stands in its template. */
const withUnsignedId = Object.entries(catalogue).filter(
  ([, { id, signature }]) =>
    JSON.stringify(id).includes('"header"') &&
    typeof signature !== 'function' &&
    !signature.signed.includes('{id}') &&
    !JSON.stringify(id).includes(signature.timestampHeader ?? 'no header'),
);

it('docs/security.md names every provider whose id is in an unsigned header', () => {
  const page = readFileSync(join(root, 'docs/security.md'), 'utf8');
  const [, paragraph = ''] =
    /- \*\*A captured request under a new id\.\*\*([\s\S]*?)\n- \*\*/.exec(page) ?? [];
  const missing = withUnsignedId
    .map(([slug]) => slug)
    .filter((slug) => !letters(paragraph).includes(letters(slug)));

  expect(withUnsignedId.length).toBeGreaterThan(8);
  expect(missing).toEqual([]);
});

it('no page has conflict markers of a merge', () => {
  const pages = [
    ...readdirSync(root).filter((name) => name.endsWith('.md')),
    ...readdirSync(join(root, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join('docs', name)),
  ];
  const marked = pages.filter((page) => /^(?:<{7}|>{7}) /m.test(readFileSync(join(root, page), 'utf8')));

  expect(pages).toContain('CHANGELOG.md');
  expect(marked).toEqual([]);
});
