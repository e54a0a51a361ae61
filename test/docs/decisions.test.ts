import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/decisions.md'), 'utf8');
const [head = ''] = page.split(/^## /m);
const index = [...head.matchAll(/^- \[(.+)\]\(#.+\)$/gm)].map(([, title = '']) => title);
const decisions = page
  .split(/^### /m)
  .slice(1)
  .map((text) => {
    const [title = '', , status = '', , ...lines] = (text.split(/^## /m)[0] ?? '').trimEnd().split('\n');
    return { title, status, lines };
  });

describe('docs/decisions.md', () => {
  it('docs/decisions.md has every decision in its index, in the order of the page', () => {
    expect(decisions.length).toBeGreaterThanOrEqual(80);
    expect(index).toEqual(decisions.map(({ title }) => title));
  });

  it.each(decisions)(
    'docs/decisions.md has a date, a status and the rejected option of: $title',
    ({ status, lines }) => {
      expect(status).toMatch(/^\*20\d\d-\d\d-\d\d · (accepted|superseded by \[.+\]\(#.+\))(; .+)?\*$/);
      expect(lines.join(' ')).toContain('**Instead of**');
    },
  );

  it.each(decisions)('docs/decisions.md explains in at most ten lines: $title', ({ lines }) => {
    expect(lines.length).toBeLessThanOrEqual(10);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(140);
  });
});
