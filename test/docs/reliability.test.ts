import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/reliability.md'), 'utf8');

/** Rows of the table: the file of the test, and words of its name. */
const named = [...page.matchAll(/^\| .+ \| `(?<file>test\/[^`]+)`: (?<words>.+?) \|$/gm)].map(
  ({ groups }) => groups ?? {},
);

it('docs/reliability.md names a test for every rule', () => {
  const rules = page.split('\n').filter((line) => /^\| (?!rule \||---|\*\*)/.test(line));

  expect(named.length).toBeGreaterThan(30);
  expect(named).toHaveLength(rules.length);
});

it.each(named)('docs/reliability.md names a test that there is: $words', ({ file = '', words = '' }) => {
  expect(existsSync(join(root, file)), file).toBe(true);
  expect(readFileSync(join(root, file), 'utf8')).toContain(words);
});
