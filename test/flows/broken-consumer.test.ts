import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import Stripe from 'stripe';
import { expect, it } from 'vitest';
import { checkConsumers } from '../../cli/doctor/consumers.ts';
import { queueMappings } from '../../cli/doctor/queue-mappings.ts';
import { fromLocalOutputs } from '../../cli/stack/deployment.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { type LocalAws, startLocalAws } from '../../local/emulator.ts';
import { clientConfig, trust } from '../../local/endpoint.ts';
import { eventually } from './support/eventually.ts';
import { describeFlow, type LocalStack } from './support/local-stack.ts';

const stripe = new Stripe('sk_test_unused');
const stackName = 'BrokenConsumer';

describeFlow('A consumer whose handlers cannot be loaded', (stack) => {
  it('a consumer whose handlers cannot be loaded keeps its events in flight, and raises the metric of its alarm', async () => {
    const { endpoint, broken, remove } = await deployed(stack);
    const begun = Date.now();

    await expect(post(stack, broken)).resolves.toBe(200);

    const queue = broken.outputs.queues.inbound['stripe'];
    expect(broken.outputs.alarmsLeftOut).toBeGreaterThan(10);
    await eventually('the first try', async () => (await inFlight(stack, queue)) === 1);

    const found = await eventually('what doctor says of it', () => consumersOf(stack, broken));
    expect(found).toMatchObject([{ check: 'consumer of stripe', ok: false }]);

    // This AWS counts errors of calls only, and none of what an event source mapping starts; on AWS both count.
    const FunctionName = await consumerOf(stack);
    const called = await stack.lambda.send(new InvokeCommand({ FunctionName, Payload: '{"Records":[]}' }));
    expect(called.FunctionError).toBe('Unhandled');
    const errors = await eventually('the metric', () => errorsOf(endpoint, FunctionName, begun));
    expect(errors).toBeGreaterThanOrEqual(1);
    await remove();
  });
});

async function deployed({ outputs }: LocalStack) {
  const endpoint = { url: outputs.awsEndpoint, caFile: outputs.caFile };
  const stateDir = mkdtempSync(join(tmpdir(), 'hookline-broken-'));
  trust(endpoint);
  const app = 'test/apps/broken-consumer.ts';
  const broken = await startLocalAws({ app, stateDir, strict: true, port: 0, endpoint });
  const remove = async () => {
    await broken.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
  return { endpoint, broken, remove };
}

async function post({ secrets }: LocalStack, { outputs }: LocalAws): Promise<number> {
  const source = outputs.inbound.sources['stripe'];
  const { SecretString = '' } = await secrets.send(
    new GetSecretValueCommand({ SecretId: source?.secretArn }),
  );
  const body = JSON.stringify({ id: 'evt_never_handled', type: 'ping' });
  const signature = stripe.webhooks.generateTestHeaderString({ payload: body, secret: SecretString });
  const headers = { 'stripe-signature': signature, 'content-type': 'application/json' };
  return (await fetch(source?.url ?? '', { method: 'POST', headers, body })).status;
}

/** @returns undefined while there is no failure */
async function consumersOf({ lambda }: LocalStack, { endpoint, outputs }: LocalAws) {
  const watch = new CloudWatchClient(clientConfig(endpoint));
  const deployment = fromLocalOutputs(outputs);
  const mappings = await queueMappings(lambda, deployment);
  const found = await checkConsumers(deployment, mappings, watch, unixMillis(Date.now()));
  return found.some(({ ok }) => !ok) ? found : undefined;
}

/** Messages that were handed out, and neither deleted nor given back. */
async function inFlight({ sqs }: LocalStack, QueueUrl: string | undefined): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessagesNotVisible'] }),
  );
  return Number(Attributes?.['ApproximateNumberOfMessagesNotVisible']);
}

/** The function's name by its stack: the stack of the other tests has a source of this name, too. */
async function consumerOf({ lambda }: LocalStack): Promise<string> {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const names = Functions.map(({ FunctionName = '' }) => FunctionName);
  return names.find((name) => name.startsWith(`${stackName}-`) && name.includes('stripeConsume')) ?? '';
}

async function errorsOf(
  endpoint: Parameters<typeof clientConfig>[0],
  FunctionName: string,
  begun: number,
): Promise<number | undefined> {
  const { Datapoints = [] } = await new CloudWatchClient(clientConfig(endpoint)).send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: FunctionName }],
      StartTime: new Date(begun - 60_000),
      EndTime: new Date(Date.now() + 60_000),
      Period: 300,
      Statistics: ['Sum'],
    }),
  );
  const sum = Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
  return sum > 0 ? sum : undefined;
}
