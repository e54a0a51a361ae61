import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/security.md'), 'utf8');

/** Rows of the defence tables: the file of the test, and words of its name. */
const named = [...page.matchAll(/^\| (?<defence>.+?) \| `(?<file>test\/[^`]+)`: (?<words>.+?) \|$/gm)].map(
  ({ groups }) => groups ?? {},
);

describe('docs/security.md', () => {
  it('docs/security.md names a test for every defence', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| ') && line.includes('`test/'));

    expect(named.length).toBeGreaterThan(40);
    expect(named).toHaveLength(rows.length);
  });

  it.each(named)('docs/security.md names an existing test: $words', ({ file = '', words = '' }) => {
    expect(existsSync(join(root, file)), file).toBe(true);
    expect(readFileSync(join(root, file), 'utf8')).toContain(words);
  });
});
