import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deliveryStatuses } from '../../lambdas/domain/delivery-record.ts';
import { eventStatuses } from '../../lambdas/domain/idempotency.ts';
import { breakerStates } from '../../lambdas/domain/limiter.ts';
import * as tables from '../../lambdas/domain/tables.ts';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
const diagrams = [...page.matchAll(/```mermaid\nstateDiagram-v2\n([\s\S]*?)```/g)].map(
  ([, text = '']) => text,
);
const statesOf = (diagram: string): Set<string> =>
  new Set(
    [...diagram.matchAll(/^ *(\S+) --> (\S+?):?(?: |$)/gm)].flatMap(([, from = '', to = '']) => [from, to]),
  );

const sources = globSync(
  ['lambdas', 'cli', 'lib', 'local', 'client', 'tools', 'cost'].map((folder) => `${folder}/**/*.ts`),
  { cwd: root },
).map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

const rows = page.split('\n').filter((line) => line.startsWith('| ') && line.includes('`test/'));
const promises = [...page.matchAll(/^\| (?<promise>.+?) \| `(?<file>test\/[^`]+)`: (?<words>.+?) \|$/gm)].map(
  ({ groups }) => groups ?? {},
);

describe('docs/architecture.md', () => {
  it.each([
    ['an inbound event', eventStatuses, 0],
    ['a delivery', deliveryStatuses, 1],
    ['an endpoint', ['enabled', 'disabled'], 2],
    ['a breaker', breakerStates.map((state) => state.replace('-', '_')), 3],
  ])('docs/architecture.md draws every state of %s', (_name, states, index) => {
    const drawn = statesOf(diagrams[index] ?? '');

    for (const state of states) expect(drawn).toContain(state);
  });

  it('docs/architecture.md has every index of the tables, and every kind of item', () => {
    const indexes = Object.values(tables).filter(
      (value) => typeof value === 'object' && 'partitionKey' in value,
    );

    expect(indexes.length).toBeGreaterThan(5);
    for (const { name } of indexes) expect(page).toContain(`| \`${name}\` |`);
    for (const kind of Object.values(tables.otherItems)) expect(page).toContain(`\`${kind}`);
  });

  it('docs/architecture.md numbers the promises as README does, each with a test', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const [, section = ''] = /\n## What is promised\n([\s\S]*?)\n## /.exec(readme) ?? [];
    const numbers = [...section.matchAll(/^(\d)\. /gm)].map(([, number]) => number);

    expect(numbers).toEqual(['1', '2', '3', '4', '5']);
    for (const number of numbers)
      expect(promises.some(({ promise = '' }) => promise.startsWith(`${number}. `))).toBe(true);
    expect(promises).toHaveLength(rows.length);
  });

  it('docs/architecture.md counts as many store and port interfaces as there are, and no object spread that only saves lines', () => {
    const exported = /^export interface \w+(?:Ports?|Store|Gauges|Sealing|Telemetry)\b/gm;
    const interfaces = sources
      .filter(({ file }) => file.startsWith('lambdas/'))
      .flatMap(({ text }) => text.match(exported) ?? []);
    const [, now, stores, others] =
      /^\| exported store and port interfaces .+\| (\d+): (\d+) stores and (\d+) other ports \|$/m.exec(
        page,
      ) ?? [];

    expect(interfaces.length).toBe(Number(now));
    expect(interfaces.filter((text) => text.endsWith('Store')).length).toBe(Number(stores));
    expect(Number(stores) + Number(others)).toBe(Number(now));
    expect(sources.filter(({ text }) => text.includes('...{')).map(({ file }) => file)).toEqual([]);
  });

  it('the tree has no two exported types that share a name', () => {
    const declared = /^export (?:declare )?(?:abstract )?(?:interface|type|class|enum) (\w+)/gm;
    const places = new Map<string, Set<string>>();
    for (const { file, text } of sources) {
      for (const [, name = ''] of text.matchAll(declared)) {
        places.set(name, (places.get(name) ?? new Set()).add(file));
      }
    }

    expect(places.size).toBeGreaterThan(300);
    expect(
      [...places].filter(([, files]) => files.size > 1).map(([name, files]) => [name, ...files]),
    ).toEqual([]);
  });

  it('docs/architecture.md is linked from a README that fits on a page or two', () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');

    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(130);
    expect(readme).toContain('](docs/architecture.md)');
  });

  it.each(promises)('docs/architecture.md names an existing test: $words', ({ file = '', words = '' }) => {
    expect(existsSync(join(root, file)), file).toBe(true);
    expect(readFileSync(join(root, file), 'utf8')).toContain(words);
  });
});
