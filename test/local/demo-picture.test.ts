import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { demoPicture } from '../../local/demo/picture.ts';
import { projectRoot } from '../../local/project-root.ts';

const output = [
  '\u001b[2m· deploy …\u001b[22m',
  '',
  '\u001b[1mstripe sends a & b\u001b[22m',
  '  \u001b[32m✔\u001b[39m answered 200 {"id":"<evt>"}',
  '',
  '\u001b[1mgithub sends push\u001b[22m',
  '  \u001b[32m✔\u001b[39m answered 200',
  '',
  '\u001b[1mshopify sends orders/create\u001b[22m',
  '  \u001b[32m✔\u001b[39m answered 200',
  '',
  '\u001b[1m\u001b[32mEverything worked as promised.\u001b[39m\u001b[22m',
].join('\n');

/** What a reader sees. */
const shownIn = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>(.*)<\/text>/g)].map(([, line = '']) => line.replace(/<[^>]*>/g, ''));

describe('the picture of the demo', () => {
  it('the picture of the demo shows the story of one provider, without the set-up', () => {
    expect(shownIn(demoPicture(output))).toEqual([
      '$ npm run demo',
      'stripe sends a &amp; b',
      '  ✔ answered 200 {"id":"&lt;evt&gt;"}',
      '(and the same for github and shopify)',
      'Everything worked as promised.',
    ]);
  });

  it('the picture of the demo keeps the colours, and contains no escape sequence', () => {
    const svg = demoPicture(output);

    expect(svg).toContain('<tspan class="green">✔</tspan>');
    expect(svg).toContain('<tspan class="bold green">Everything worked as promised.</tspan>');
    expect(svg).not.toContain('\u001b');
  });

  it('the picture in README comes from a successful demo', () => {
    expect(readFileSync(join(projectRoot, 'README.md'), 'utf8')).toContain('](docs/demo.svg)');
    expect(shownIn(readFileSync(join(projectRoot, 'docs/demo.svg'), 'utf8')).at(-1)).toBe(
      'Everything worked as promised.',
    );
  });
});
