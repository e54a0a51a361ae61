import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { cdkFailure } from '../../local/cdk-failure.ts';

const advice = "Invoke the CLI in sequence, or use '--output' to synth into different directories.";

test.each([
  ['4711', `Another CLI (PID=4711) is currently synthing to /x/assembly. ${advice}`],
  ['4711', `Other CLIs (PID=4711) are currently reading from /x/assembly. ${advice}`],
  ['4711,4712', `LockError: Other CLIs (PID=4711,4712) are currently reading from /x. ${advice}\n`],
])('what an earlier start holds (process %s) is no fault of the app', (pid, output) => {
  expect(cdkFailure('bin/webhooks.ts does not synthesise', output).message).toBe(
    `An earlier start is still ending (process ${pid}): try again in a moment.`,
  );
});

test('the pinned tool says it in these words', () => {
  const tool = dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json'));
  const source = readFileSync(join(tool, 'lib', 'index.js'), 'utf8');

  expect(source).toMatch(/Another CLI \(PID=\S+\) is currently synthing to /);
  expect(source).toMatch(/Other CLIs \(PID=\S+\) are currently reading from /);
});

test('any other failure has the lines of the tool that tell why', () => {
  const output = 'Bundling …\nError: no such construct\n    at Object.<anonymous>\n';

  expect(cdkFailure('app.ts does not synthesise', output).message).toBe(
    'app.ts does not synthesise: Error: no such construct',
  );
});
