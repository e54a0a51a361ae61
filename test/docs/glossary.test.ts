import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failureCauses } from '../../lambdas/domain/delivery-failure.ts';
import { deliveryStatuses } from '../../lambdas/domain/delivery-record.ts';
import { disableReasons } from '../../lambdas/domain/endpoint.ts';
import { breakerStates } from '../../lambdas/domain/limiter.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (page: string): string => readFileSync(join(root, page), 'utf8');
const page = read('docs/glossary.md');
const rows = page.split('\n').filter((line) => line.startsWith('| ') && !/^\| (term|---) /.test(line));
const terms = rows.map((row) => row.split('|')[1]?.trim() ?? '');

describe('docs/glossary.md', () => {
  it('docs/glossary.md has three columns in each row, and a sentence in the second', () => {
    for (const row of rows) expect(row, row).toMatch(/^\| [^|]+ \| [A-Z`][^|]+\. \|( [^|]+ |\s)\|$/);
  });

  it('docs/glossary.md defines each term once', () => {
    expect(terms.filter((term, index) => terms.indexOf(term) !== index)).toEqual(['recovery']);
  });

  it('docs/glossary.md defines the words that a newcomer needs first', () => {
    for (const term of ['fence', 'lease', 'round', 'suspect', 'tap', 'limiter', 'slot', 'tally'])
      expect(terms).toContain(term);
  });

  it.each([...deliveryStatuses, ...breakerStates, ...disableReasons])(
    'docs/glossary.md names the state %s',
    (state) => {
      expect(page).toContain(`\`${state}\``);
    },
  );

  it.each(failureCauses)('docs/management-api.md explains the cause %s', (cause) => {
    expect(read('docs/management-api.md')).toContain(`\`${cause}\``);
  });
});
