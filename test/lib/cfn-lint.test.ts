import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { expect, test } from 'vitest';
import { InboundWebhooks } from '../../lib/inbound-webhooks.ts';
import { WebhookStack } from '../../lib/webhook-stack.ts';
import { Webhooks } from '../../lib/webhooks.ts';
import { quickApp, threeSources } from './support/synth.ts';

const isThere = spawnSync('cfn-lint', ['--version']).status === 0;
if (!isThere) console.log('cfn-lint is not installed: its test is skipped.');

/** Dependencies that a reference implies anyway: CDK writes them, and they do no harm. */
const redundantDependsOn = 'W3005';

test.runIf(isThere)(
  'cfn-lint finds nothing in either isolation, nor with a key, fixed addresses and one half alone',
  { timeout: 240_000 },
  () => {
    const app = quickApp();
    const templates = (['per-source', 'shared'] as const).map((isolation) => {
      const { templateFile } = new WebhookStack(app, `Lint-${isolation}`, {
        sources: threeSources,
        isolation,
        alarmEmail: 'oncall@example.com',
      });
      return join(app.outdir, templateFile);
    });
    const shop = new Stack(app, 'Lint-shop');
    new Webhooks(shop, 'Hooks', {
      sources: threeSources,
      encryptionKey: new Key(shop, 'Key'),
      outbound: { egress: 'static' },
      lambda: { tracing: Tracing.ACTIVE, environment: { DD_SITE: 'datadoghq.eu' }, logLevel: 'INFO' },
    });
    new InboundWebhooks(shop, 'Partners', { sources: threeSources });
    app.synth();

    const { stdout, status } = spawnSync(
      'cfn-lint',
      [
        '--ignore-checks',
        redundantDependsOn,
        '--regions',
        'us-east-1',
        '--',
        ...templates,
        join(app.outdir, shop.templateFile),
      ],
      { encoding: 'utf8' },
    );

    expect(stdout).toBe('');
    expect(status).toBe(0);
  },
);
