import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import { genericNames } from '../../lambdas/domain/provider/generic.ts';

const page = readFileSync(new URL('../../docs/providers.md', import.meta.url), 'utf8');
const rows = page.split('\n').filter((line) => /^\| `[a-z0-9-]+` \|(.*\|){10}$/.test(line));
const named = (name: string) => rows.filter((line) => line.startsWith(`| \`${name}\` |`));

it.each([...Object.keys(catalogue), ...genericNames])(
  'docs/providers.md has one complete row of %s',
  (name) => {
    expect(named(name)).toHaveLength(1);
  },
);

it('docs/providers.md has no row of a provider that does not exist', () => {
  expect(rows).toHaveLength(Object.keys(catalogue).length + genericNames.length);
});
