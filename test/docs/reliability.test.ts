import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/reliability.md'), 'utf8');
const [proofs = '', table = ''] = page.split('\n## Rules that tests once did not notice\n');

/** Rows of the table of rules: the file of the test, and words of its name. */
const named = [...table.matchAll(/^\| .+ \| `(?<file>test\/[^`]+)`: (?<words>.+?) \|$/gm)].map(
  ({ groups }) => groups ?? {},
);

it('docs/reliability.md names a test for every rule', () => {
  const rules = table.split('\n').filter((line) => /^\| (?!rule \||---|\*\*)/.test(line));

  expect(named.length).toBeGreaterThan(30);
  expect(named).toHaveLength(rules.length);
});

it.each(named)('docs/reliability.md names a test that there is: $words', ({ file = '', words = '' }) => {
  expect(existsSync(join(root, file)), file).toBe(true);
  expect(readFileSync(join(root, file), 'utf8')).toContain(words);
});

it('docs/reliability.md names tests and commands that there are, where it says what is proven how', () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const files = [...proofs.matchAll(/test\/[\w/-]+(?:\.test\.ts)?/g)].map(([file]) => file);
  const commands = [...proofs.matchAll(/npm run (\w+)/g)].map(([, name = '']) => name);

  expect(files.length).toBeGreaterThan(3);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  expect(commands.filter((name) => scripts[name] === undefined)).toEqual([]);
});
