import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cdkFailure } from '../../local/cdk-failure.ts';
import { freshDirectory } from './support/fresh-directory.ts';

const advice = "Invoke the CLI in sequence, or use '--output' to synth into different directories.";

test.each([
  ['4711', `Another CLI (PID=4711) is currently synthing to /x/assembly. ${advice}`],
  ['4711', `Other CLIs (PID=4711) are currently reading from /x/assembly. ${advice}`],
  ['4711,4712', `LockError: Other CLIs (PID=4711,4712) are currently reading from /x. ${advice}\n`],
])('a lock of an earlier start (process %s) is not reported as a fault of the app', (pid, output) => {
  expect(cdkFailure('bin/webhooks.ts does not synthesise', output).message).toBe(
    `An earlier start is still ending (process ${pid}): try again in a moment.`,
  );
});

test('the pinned CDK tool uses this text for a lock', () => {
  const tool = dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json'));
  const source = readFileSync(join(tool, 'lib', 'index.js'), 'utf8');

  expect(source).toMatch(/Another CLI \(PID=\S+\) is currently synthing to /);
  expect(source).toMatch(/Other CLIs \(PID=\S+\) are currently reading from /);
});

test('any other failure is reported with the lines of the tool that explain it', () => {
  const output = 'Bundling …\nError: no such construct\n    at Object.<anonymous>\n';

  expect(cdkFailure('app.ts does not synthesise', output).message).toBe(
    'app.ts does not synthesise: Error: no such construct',
  );
});

describe('functions that do not build', () => {
  /** As Node prints an error that the app does not catch. */
  const uncaught = (message: string) =>
    `file:///x/lib/parts/bundle.ts:122\n  if (status !== 0) throw new BundleError(\`the functions do not build:\\n\${stderr}\`);\n      ^\n\nBundleError: the functions do not build:\n${message}\n    at runBuild (file:///x/lib/parts/bundle.ts:122:27)\n\nNode.js v24\nnode bin/webhooks.ts: Subprocess exited with error 1\n`;

  test('functions that do not build are reported with file, line and message, and not as a fault of the app', () => {
    const output = uncaught(
      'lambdas/handlers/github.ts:1:20: Could not resolve "./nothing.ts"\nlambdas/handlers/stripe.ts:9:0: Unexpected end of file\n',
    );

    expect(cdkFailure('bin/webhooks.ts does not synthesise', output).message).toBe(
      'The functions do not build: lambdas/handlers/github.ts:1:20: Could not resolve "./nothing.ts" | lambdas/handlers/stripe.ts:9:0: Unexpected end of file',
    );
  });

  test('functions with many errors are reported with the first ones', () => {
    const lines = Array.from({ length: 9 }, (_, line) => `a.ts:${line}:0: no such thing`).join('\n');

    expect(cdkFailure('x', uncaught(lines)).message).toMatch(
      /^The functions .* a\.ts:5:0: [^|]* \| and 3 more$/,
    );
  });

  test('functions that fail to build for another reason are reported with that reason', () => {
    expect(cdkFailure('x', uncaught('Error: Cannot find package esbuild')).message).toContain(
      'The functions do not build: Error: Cannot find package esbuild',
    );
  });

  test('functions that do not build print a line for each error, with the path from where the app is synthesised', () => {
    const directory = freshDirectory();
    const registry = join(directory, 'registry.ts');
    writeFileSync(registry, "import { a } from './nothing.ts';\nexport const handlers = { a };\n");

    const script = 'lib/parts/bundle-functions.ts';
    const { status, stderr } = spawnSync(process.execPath, [script, directory, `registry=${registry}`], {
      encoding: 'utf8',
    });

    expect(status).toBe(1);
    expect(stderr).toBe(`${relative('.', registry)}:1:18: Could not resolve "./nothing.ts"\n`);
  });
});
