import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mappedStack } from '../../../lambdas/adapters/telemetry/mapped-stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookline-stacks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let thrown = '';

beforeAll(async () => {
  const source = join(folder, 'team.ts');
  writeFileSync(
    source,
    "type A = string;\n\nexport const chargeCustomer = (): A => {\n  throw new Error('no');\n};\n",
  );
  const bundle = join(folder, 'team.mjs');
  await build({ entryPoints: [source], outfile: bundle, format: 'esm', minify: true, sourcemap: true });
  // Runs in a separate process, because vitest maps stacks, too.
  const script = `import(${JSON.stringify(bundle)}).then((team) => team.chargeCustomer()).catch((e) => console.log(e.stack))`;
  thrown = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
});

describe('a stack', () => {
  test('a stack trace names the file, line and column of the source', () => {
    expect(thrown).toContain('team.mjs:1:');

    expect(mappedStack(thrown, folder)).toMatch(/^Error: no\n {4}at .*team\.ts:4:9\)?\n/);
  });

  test.each(['at async f (', 'at async ', 'at '])(
    'a stack trace maps a frame that begins with "%s"',
    (before) => {
      const place = /file:[^\s()]+\.mjs:\d+:\d+/.exec(thrown)?.[0];
      const stack = `Error: no\n    ${before}${place}${before.endsWith('(') ? ')' : ''}`;

      expect(mappedStack(stack, folder)).toMatch(/team\.ts:4:9\)?$/);
    },
  );

  test('a stack trace is unchanged if the file is not of the bundle, has no map, or is only in the message', () => {
    const elsewhere = 'Error: x\n    at f (file:///var/runtime/index.mjs:1:100)';
    const mapless = `Error: x\n    at f (${pathToFileURL(join(folder, 'other.mjs'))}:1:100)`;
    const message = `Error: ${pathToFileURL(join(folder, 'team.mjs'))}:1:40\n    at node:internal/x:1:1`;

    for (const stack of [elsewhere, mapless, message, '', 'not a stack']) {
      expect(mappedStack(stack, folder)).toBe(stack);
    }
  });

  test('a stack trace never fails, and takes time in proportion to its length, for any text', () => {
    const part = fc.constantFrom(
      '    at ',
      'file:///',
      '.mjs',
      ':1',
      ':99999999999',
      '(',
      ')',
      '\n',
      'a ',
      '%',
      '\ud800',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 200 }), (parts) => {
        expect(typeof mappedStack(parts.join(''), folder)).toBe('string');
      }),
    );
  });
});
