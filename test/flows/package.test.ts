import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import Stripe from 'stripe';
import { expect, it } from 'vitest';
import { publishWebhook } from '../../client/publish-webhook.ts';
import { clientConfig, trust } from '../../local/endpoint.ts';
import { type LocalOutputs, readOutputs } from '../../local/outputs.ts';
import { projectRoot } from '../../local/project-root.ts';
import { NewApp, pathWithNode } from '../package/support/new-app.ts';
import { pack } from '../package/support/packed.ts';
import { startEndpoint, statuses } from './support/endpoint.ts';
import { eventually } from './support/eventually.ts';
import { describeFlow } from './support/local-stack.ts';

const stripe = new Stripe('sk_test_unused');

describeFlow('An app that has the package', () => {
  it('an app that has the package runs on the laptop, gets events to its handlers, and sends events to an endpoint', async () => {
    using sink = await startEndpoint(statuses(200));
    using app = newApp(new URL(sink.url).origin);
    const started = hookline(app, 'start', '--strict', '--port', '0', '--metrics-port', '0');
    const printed = started.stdout === null ? '' : text(started.stdout);
    try {
      const outputs = await untilReady(app, started);

      await expect(post(outputs)).resolves.toBe(200);
      await publish(outputs, sink.url);

      const paths = await eventually('both flows', async () => {
        const seen = sink.requests.map(({ path }) => path);
        return seen.length >= 2 && seen.sort();
      });
      expect(paths).toEqual(['/evt_received', '/hooks']);
    } finally {
      started.kill('SIGINT');
    }
    expect(await once(started, 'exit')).toEqual([0, null]);
    expect(await printed).toMatch(/Stopped\.\n$/);
  }, 240_000);
});

/** An app that has nothing of the repository but the emulator, so that this needs no network. */
function newApp(sink: string): NewApp {
  const packed = pack();
  const app = new NewApp();
  app.link(packed.tarball);
  packed.remove();
  app.write('cdk.json', JSON.stringify({ app: 'node bin/app.ts', context: { sink } }));
  mkdirSync(join(app.folder, '.local'));
  symlinkSync(join(projectRoot, '.local/venv'), join(app.folder, '.local/venv'));
  return app;
}

function hookline(app: NewApp, ...args: readonly string[]): ChildProcess {
  const command = join(app.folder, 'node_modules/hookline/bin/hookline.js');
  const { AWS_ENDPOINT_URL: _, ...own } = process.env;
  return spawn(process.execPath, [command, ...args], {
    cwd: app.folder,
    env: { ...own, PATH: pathWithNode },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function untilReady(app: NewApp, started: ChildProcess): Promise<LocalOutputs> {
  const file = join(app.folder, '.local/outputs.json');
  await eventually(
    'the start',
    async () => {
      if (started.exitCode !== null) throw new Error(`hookline start ended with ${started.exitCode}`);
      return existsSync(file);
    },
    { seconds: 150 },
  );
  const outputs = readOutputs(file);
  if (outputs === undefined) throw new Error(readFileSync(file, 'utf8'));
  trust(endpointOf(outputs));
  return outputs;
}

const endpointOf = ({ awsEndpoint, caFile }: LocalOutputs) => ({ url: awsEndpoint, caFile });

async function publish(outputs: LocalOutputs, url: string): Promise<void> {
  const sqs = new SQSClient(clientConfig(endpointOf(outputs)));
  const endpoint = { id: 'sink', url };
  await publishWebhook(sqs, outputs.outbound.publishQueueUrl, [{ type: 'invoice.paid', data: {}, endpoint }]);
}

async function post(outputs: LocalOutputs): Promise<number> {
  const secrets = new SecretsManagerClient(clientConfig(endpointOf(outputs)));
  const source = outputs.inbound.sources['stripe'];
  const { SecretString = '' } = await secrets.send(
    new GetSecretValueCommand({ SecretId: source?.secretArn }),
  );
  const body = JSON.stringify({ id: 'evt_received', type: 'invoice.paid' });
  const signature = stripe.webhooks.generateTestHeaderString({ payload: body, secret: SecretString });
  const headers = { 'stripe-signature': signature, 'content-type': 'application/json' };
  return (await fetch(source?.url ?? '', { method: 'POST', headers, body })).status;
}
