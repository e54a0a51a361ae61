import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

const project = resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(join(tmpdir(), 'hookline-app-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs a CDK app as the CDK does, from a folder that has nothing to do with the project. */
function runApp(file: string, context: Readonly<Record<string, string>> = {}) {
  const outdir = mkdtempSync(join(scratch, 'out-'));
  const { context: flags } = JSON.parse(readFileSync(join(project, 'cdk.json'), 'utf8'));
  const { status, stderr } = spawnSync(process.execPath, [file], {
    cwd: scratch,
    encoding: 'utf8',
    env: { CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify({ ...flags, ...context }) },
  });
  return { status, stderr, has: (template: string) => existsSync(join(outdir, template)) };
}

describe('the shipped app', () => {
  const file = join(project, 'bin/webhooks.ts');

  test('the shipped app synthesises from anywhere, without an account', () => {
    const { status, stderr, has } = runApp(file);

    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(has('Hookline.template.json')).toBe(true);
  });

  test('the shipped app is a second stack under another name', () => {
    expect(runApp(file, { name: 'Staging' }).has('Staging.template.json')).toBe(true);
  });

  test('the shipped app never opens http to loopback without the local account', () => {
    const { status, stderr, has } = runApp(file, { 'hookline:localEndpoints': 'true' });

    expect(status).not.toBe(0);
    expect(stderr).toContain('SettingsError: the context hookline:localEndpoints is only for the local AWS');
    expect(has('Hookline.template.json')).toBe(false);
  });
});

test('an app with a typing mistake gets an error with the place and the valid names', () => {
  const file = join(scratch, 'wrong.ts');
  writeFileSync(
    file,
    `import { App } from ${JSON.stringify(join(project, 'node_modules/aws-cdk-lib/index.js'))};
     import { WebhookStack } from ${JSON.stringify(join(project, 'lib/webhook-stack.ts'))};
     new WebhookStack(new App(), 'Wrong', { sources: { pay: { provider: 'stripee' } } });`,
  );

  expect(runApp(file).stderr).toMatch(
    /SettingsError: source pay has provider 'stripee'; choose one of adyen, .*stripe, /,
  );
});
