import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mappedStack, mapStacks } from '../../lambdas/adapters/mapped-stack.ts';

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
  // In a process of its own: vitest maps stacks, too.
  const script = `import(${JSON.stringify(bundle)}).then((team) => team.chargeCustomer()).catch((e) => console.log(e.stack))`;
  thrown = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
});

describe('a stack', () => {
  test('names the file, line and column of the source', () => {
    expect(thrown).toContain('team.mjs:1:');

    expect(mappedStack(thrown, folder)).toMatch(/^Error: no\n {4}at .*team\.ts:4:9\)?\n/);
  });

  test('is left as it is where the file is not of the bundle, has no map, or is only in the message', () => {
    const elsewhere = 'Error: x\n    at f (file:///var/runtime/index.mjs:1:100)';
    const mapless = `Error: x\n    at f (${pathToFileURL(join(folder, 'other.mjs'))}:1:100)`;
    const message = `Error: ${pathToFileURL(join(folder, 'team.mjs'))}:1:40\n    at node:internal/x:1:1`;

    for (const stack of [elsewhere, mapless, message, '', 'not a stack']) {
      expect(mappedStack(stack, folder)).toBe(stack);
    }
  });

  test('never fails, and takes time in proportion to its length, whatever the text', () => {
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

describe('an error', () => {
  test('has the stacks of its causes mapped, too, and may be its own cause', () => {
    const frame = `Error: a\n    at f (${pathToFileURL(join(folder, 'nothing.mjs'))}:1:1)`;
    const cause = Object.assign(new Error('b'), { stack: frame });
    const error = new Error('a', { cause });
    cause.cause = error;

    expect(mapStacks(error)).toBe(error);
  });

  test('that is frozen, or whose stack throws, is logged as it is', () => {
    const frozen = Object.freeze(new Error('x'));
    const hostile = new Error('y');
    Object.defineProperty(hostile, 'stack', {
      get: () => {
        throw new Error('no');
      },
    });

    expect(mapStacks(frozen)).toBe(frozen);
    expect(mapStacks(hostile)).toBe(hostile);
  });
});
