import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { hooklineProgram } from '../../cli/program.ts';

const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/cli.md'), 'utf8');
const { commands } = await hooklineProgram();

it.each(commands.map((command) => command.name()))('docs/cli.md has the command %s', (name) => {
  expect(page).toMatch(new RegExp(`\\| .*\`${name}\\b.*\\|`));
});

it('docs/cli.md names only commands that exist', () => {
  const called = [...page.matchAll(/^npx hookline (\S+)(?: ([a-z][a-z-]*))?/gm)];

  expect(called.length).toBeGreaterThan(10);
  for (const [line, name, sub] of called) {
    const found = commands.find((command) => command.name() === name);
    expect(found, line).toBeDefined();
    const subs = found?.commands.flatMap((each) => [each.name(), ...each.aliases()]) ?? [];
    if (subs.length > 0) expect(subs, line).toContain(sub);
  }
});
