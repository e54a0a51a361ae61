import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';

const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/compare.md'), 'utf8');
/** The rows of the tables that end in a source. */
const rows = page
  .split(/^## /m)
  .filter((section) => section.includes('| source |'))
  .flatMap((section) => section.split('\n').filter((line) => /^\| [a-z]/i.test(line)));

describe('docs/compare.md', () => {
  it('docs/compare.md compares with all six products', () => {
    for (const name of ['Svix', 'Outpost', 'Convoy', 'Hookdeck', 'EventBridge', 'webhook-co'])
      expect(page).toMatch(new RegExp(`^## ${name}`, 'm'));
  });

  it.each(rows)('docs/compare.md has a date in the row %s', (row) => {
    expect(row).toMatch(/, (read by .+ on )?20\d\d-\d\d(-\d\d)? \|$/);
  });

  it('docs/compare.md claims no more providers than there are, and not many fewer', () => {
    const counts = [...page.matchAll(/\b(\d+)(?= named providers|, with their handshakes| \| the same)/g)];

    expect(counts.length).toBeGreaterThan(2);
    const known = Object.keys(catalogue).length;
    for (const [count] of counts) {
      expect(Number(count)).toBeLessThanOrEqual(known);
      expect(Number(count)).toBeGreaterThan(known - 20);
    }
  });
});
