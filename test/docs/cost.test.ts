import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { headlines, withTables } from '../../cost/page.ts';

const read = (file: string) => readFileSync(join(import.meta.dirname, '../..', file), 'utf8');

describe('what it costs', () => {
  test('docs/cost.md has the figures that the model computes (npm run cost:page)', () => {
    expect(withTables(read('docs/cost.md'))).toBe(read('docs/cost.md'));
  });

  test('README has the figures of docs/cost.md', () => {
    const [, section = ''] = /\n## What it costs\n([\s\S]*?)\n## /.exec(read('README.md')) ?? [];
    const figures = section.match(/\$\d[\d,.]*\d/g);

    expect(figures).toEqual([headlines.idle, headlines.inbound, headlines.outbound]);
    for (const figure of Object.values(headlines)) expect(read('docs/cost.md')).toContain(figure);
  });
});
