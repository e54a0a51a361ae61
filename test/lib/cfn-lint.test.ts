import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { WebhookStack } from '../../lib/webhook-stack.ts';
import { newApp, threeSources } from './support/synth.ts';

const isThere = spawnSync('cfn-lint', ['--version']).status === 0;
if (!isThere) console.log('cfn-lint is not installed: its test is skipped.');

/** Dependencies that a reference implies anyway: CDK writes them, and they do no harm. */
const redundantDependsOn = 'W3005';

describe.runIf(isThere)('cfn-lint', () => {
  test.each(['per-source', 'shared'] as const)(
    'finds nothing with isolation %s',
    { timeout: 60_000 },
    (isolation) => {
      const app = newApp();
      new WebhookStack(app, 'Lint', { sources: threeSources, isolation, alarmEmail: 'oncall@example.com' });
      app.synth();

      const template = join(app.outdir, 'Lint.template.json');
      const { stdout, status } = spawnSync(
        'cfn-lint',
        ['--ignore-checks', redundantDependsOn, '--regions', 'us-east-1', '--', template],
        { encoding: 'utf8' },
      );

      expect(stdout).toBe('');
      expect(status).toBe(0);
    },
  );
});
