import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { WebhookStack } from '../../lib/webhook-stack.ts';
import { quickApp, threeSources } from './support/synth.ts';

const isThere = spawnSync('cfn-lint', ['--version']).status === 0;
if (!isThere) console.log('cfn-lint is not installed: its test is skipped.');

/** Dependencies that a reference implies anyway: CDK writes them, and they do no harm. */
const redundantDependsOn = 'W3005';

test.runIf(isThere)('cfn-lint finds nothing in either isolation', { timeout: 120_000 }, () => {
  const app = quickApp();
  const templates = (['per-source', 'shared'] as const).map((isolation) => {
    const { templateFile } = new WebhookStack(app, `Lint-${isolation}`, {
      sources: threeSources,
      isolation,
      alarmEmail: 'oncall@example.com',
    });
    return join(app.outdir, templateFile);
  });
  app.synth();

  const { stdout, status } = spawnSync(
    'cfn-lint',
    ['--ignore-checks', redundantDependsOn, '--regions', 'us-east-1', '--', ...templates],
    { encoding: 'utf8' },
  );

  expect(stdout).toBe('');
  expect(status).toBe(0);
});
