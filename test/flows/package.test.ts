import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import Stripe from 'stripe';
import { expect, it } from 'vitest';
import { publishWebhook } from '../../client/publish-webhook.ts';
import { deploy } from '../../local/cdk.ts';
import { adaptAssembly } from '../../local/emulator-differences.ts';
import { account, region } from '../../local/endpoint.ts';
import { type LocalOutputs, toLocalOutputs } from '../../local/outputs.ts';
import { seedSecrets } from '../../local/secrets.ts';
import { NewApp } from '../package/support/new-app.ts';
import { pack } from '../package/support/packed.ts';
import { startEndpoint, statuses } from './support/endpoint.ts';
import { eventually } from './support/eventually.ts';
import { describeFlow, type LocalStack } from './support/local-stack.ts';

const stripe = new Stripe('sk_test_unused');

describeFlow('An app that has the package', (stack) => {
  it('an app that has the package gets events to its handlers, and sends events to an endpoint', async () => {
    using sink = await startEndpoint(statuses(200));
    const outputs = await deployed(stack, new URL(sink.url).origin);

    await expect(post(stack, outputs)).resolves.toBe(200);
    await publishWebhook(stack.sqs, outputs.outbound.publishQueueUrl, [
      { id: 'evt_sent', type: 'invoice.paid', data: { amount: 1 }, endpoint: { id: 'sink', url: sink.url } },
    ]);

    const paths = await eventually('both flows', async () => {
      const seen = sink.requests.map(({ path }) => path);
      return seen.length >= 2 && seen.sort();
    });
    expect(paths).toEqual(['/evt_received', '/hooks']);
  }, 240_000);
});

/** Deploys the app of a team, which has nothing of the repository, into the AWS of the other tests. */
async function deployed({ outputs }: LocalStack, sink: string): Promise<LocalOutputs> {
  const packed = pack();
  using app = new NewApp();
  app.link(packed.tarball);
  packed.remove();
  const endpoint = { url: outputs.awsEndpoint, caFile: outputs.caFile };
  const environment = { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region };
  const assembly = app.synth({ 'hookline:localEndpoints': 'true', sink }, environment);
  adaptAssembly(assembly);
  const found = toLocalOutputs(endpoint, await deploy(endpoint, assembly));
  await seedSecrets(endpoint, found.inbound.sources);
  return found;
}

async function post({ secrets }: LocalStack, { inbound }: LocalOutputs): Promise<number> {
  const source = inbound.sources['stripe'];
  const { SecretString = '' } = await secrets.send(
    new GetSecretValueCommand({ SecretId: source?.secretArn }),
  );
  const body = JSON.stringify({ id: 'evt_received', type: 'invoice.paid' });
  const signature = stripe.webhooks.generateTestHeaderString({ payload: body, secret: SecretString });
  const headers = { 'stripe-signature': signature, 'content-type': 'application/json' };
  return (await fetch(source?.url ?? '', { method: 'POST', headers, body })).status;
}
