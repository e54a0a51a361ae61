import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import Stripe from 'stripe';
import { expect, it } from 'vitest';
import { startLocalAws } from '../../local/emulator.ts';
import { clientConfig, trust } from '../../local/endpoint.ts';
import { functionLogs } from '../../local/function-logs.ts';
import { eventually } from './support/eventually.ts';
import { describeFlow } from './support/local-stack.ts';

const stripe = new Stripe('sk_test_unused');

describeFlow('A stack from which one grant was taken', ({ outputs }) => {
  it('a stack without one grant fits beside another stack in one account, and fails with AccessDenied of that call', async () => {
    const endpoint = { url: outputs.awsEndpoint, caFile: outputs.caFile };
    const stateDir = mkdtempSync(join(tmpdir(), 'hookline-grant-'));
    const app = 'test/apps/without-grant.ts';
    const begun = Date.now();
    trust(endpoint);
    const second = await startLocalAws({ app, stateDir, strict: true, port: 0, endpoint });
    const source = second.outputs.inbound.sources['stripe'];
    const secrets = new SecretsManagerClient(clientConfig(endpoint));
    const { SecretString = '' } = await secrets.send(
      new GetSecretValueCommand({ SecretId: source?.secretArn }),
    );
    const payload = JSON.stringify({ id: 'evt_without_grant', type: 'ping' });
    const signature = stripe.webhooks.generateTestHeaderString({ payload, secret: SecretString });

    const answer = await fetch(source?.url ?? '', {
      method: 'POST',
      headers: { 'stripe-signature': signature, 'content-type': 'application/json' },
      body: payload,
    });

    expect([answer.status, await answer.json()]).toEqual([503, { error: 'unavailable' }]);
    const lines: string[] = [];
    const enough = new AbortController();
    const following = functionLogs(endpoint).follow(begun, ({ text }) => lines.push(text), enough.signal);
    const denial = await eventually('the denial in the log', async () =>
      lines.find((line) => line.includes('is not authorized to perform: sqs:SendMessage')),
    );
    expect(denial).toContain('WithoutGrant');
    enough.abort();
    await following;
    await second.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });
});
