import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { awsCaller } from '../../lambdas/adapters/aws/client.ts';
import { jsonClient } from '../../lambdas/adapters/aws/json-client.ts';
import { lambdaInvoke } from '../../lambdas/adapters/aws/lambda-invoke.ts';
import { targetServices } from '../../lambdas/adapters/aws/target-services.ts';
import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { sqsClient } from '../../lambdas/adapters/sqs/client.ts';
import { functionTarget } from '../../lambdas/adapters/targets/function.ts';
import { queueTarget } from '../../lambdas/adapters/targets/queue.ts';
import { stateMachineTarget } from '../../lambdas/adapters/targets/state-machine.ts';
import { type LocalAws, startLocalAws } from '../../local/emulator.ts';
import { awsVariables, clientConfig, trust } from '../../local/endpoint.ts';
import { eventually } from './support/eventually.ts';
import { describeFlow } from './support/local-stack.ts';

const stripe = new Stripe('sk_test_unused');

describeFlow('The example of targets', ({ outputs }) => {
  const endpoint = { url: outputs.awsEndpoint, caFile: outputs.caFile };
  const stateDir = mkdtempSync(join(tmpdir(), 'hookline-targets-'));
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig(endpoint)));
  const sqs = new SQSClient(clientConfig(endpoint));
  const states = awsCaller(targetServices.states, patientCalls, awsVariables(endpoint));
  let aws: LocalAws;
  let secret = '';
  let own: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    trust(endpoint);
    const app = 'examples/targets/app.ts';
    aws = await startLocalAws({ app, stateDir, strict: true, port: 0, endpoint });
    const { Stacks = [] } = await new CloudFormationClient(clientConfig(endpoint)).send(
      new DescribeStacksCommand({ StackName: 'Targets' }),
    );
    own = Object.fromEntries(
      (Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
    const secrets = new SecretsManagerClient(clientConfig(endpoint));
    const { secretArn } = sourceOf();
    secret = (await secrets.send(new GetSecretValueCommand({ SecretId: secretArn }))).SecretString ?? '';
  });
  afterAll(async () => {
    await aws.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  function sourceOf() {
    const source = aws.outputs.inbound.sources['stripe'];
    if (source === undefined) throw new Error('there is no source stripe');
    return source;
  }

  /** Posts a signed event, as Stripe does. */
  async function post(id: string, type: string, object: object): Promise<void> {
    const payload = JSON.stringify({ id, type, data: { object } });
    const signature = stripe.webhooks.generateTestHeaderString({ payload, secret });
    const headers = { 'stripe-signature': signature, 'content-type': 'application/json' };
    expect((await fetch(sourceOf().url, { method: 'POST', headers, body: payload })).status).toBe(200);
  }

  const ended = (id: string, status: string) =>
    eventually(`${id} to be ${status}`, async () => {
      const key = { id: `stripe#${id}` };
      const { Item } = await dynamodb.send(
        new GetCommand({ TableName: aws.outputs.tables.inboundEvents, Key: key }),
      );
      return Item?.['status'] === status ? Item : undefined;
    });

  /** Takes one message from a queue of the example. */
  const take = (name: string) =>
    eventually(`a message in ${name}`, async () => {
      const QueueUrl = own[name] ?? '';
      const { Messages: [message] = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, AttributeNames: ['All'], MessageAttributeNames: ['All'] }),
      );
      if (message === undefined) return undefined;
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle ?? '' }));
      return { ...message, body: JSON.parse(message.Body ?? '{}') };
    });

  it('an invoice reaches a function in Python, whose permanent failure is a dead letter with its reason', async () => {
    await post('evt_paid', 'invoice.paid', { customer: 'cus_1', amount_due: 100 });
    await post('evt_bare', 'invoice.paid', { customer: null, amount_due: 100 });
    await post('evt_negative', 'invoice.paid', { customer: 'cus_1', amount_due: -1 });

    await ended('evt_paid', 'processed');
    const bare = await ended('evt_bare', 'failed');
    const negative = await ended('evt_negative', 'failed');

    expect([bare['attempts'], bare['lastError']]).toEqual([
      1,
      'PermanentFailure: stripe#evt_bare has no customer',
    ]);
    expect([negative['attempts'], negative['lastError']]).toEqual([
      3,
      expect.stringContaining(': stripe#evt_negative is negative'),
    ]);
  });

  it('a refund reaches the queue behind a rule of the bus; a large one names its body in the bucket', async () => {
    await post('evt_refund', 'charge.refunded', { id: 'ch_1', amount: 1 });
    await ended('evt_refund', 'processed');
    const small = await take('RefundsUrl');

    expect(small.body).toMatchObject({
      source: 'hookline.stripe',
      'detail-type': 'charge.refunded',
      detail: {
        id: 'evt_refund',
        key: 'stripe#evt_refund',
        payload: { data: { object: { id: 'ch_1', amount: 1 } } },
      },
    });

    await post('evt_large', 'charge.refunded', { filling: 'x'.repeat(300_000) });
    await ended('evt_large', 'processed');
    const { bucket, key, bytes } = (await take('RefundsUrl')).body.detail.bodyS3;
    const s3 = new S3Client({ ...clientConfig(endpoint), forcePathStyle: true });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));

    expect((await Body?.transformToByteArray())?.byteLength).toBe(bytes);
  });

  it('a checkout starts one execution of the state machine, by its name', async () => {
    await post('evt_checkout', 'checkout.session.completed', { id: 'cs_1' });
    await ended('evt_checkout', 'processed');

    const stateMachineArn = own['FulfilmentArn'] ?? '';
    const started = await states('ListExecutions', JSON.stringify({ stateMachineArn }));
    expect(started).toMatchObject({ executions: [{ name: 'stripe_evt_checkout' }] });
    const executionArn = Object(started).executions[0].executionArn;
    const { output } = await eventually('the end of the execution', async () => {
      const execution = Object(await states('DescribeExecution', JSON.stringify({ executionArn })));
      return execution.status === 'SUCCEEDED' ? execution : undefined;
    });
    expect(JSON.parse(output)).toEqual({ id: 'cs_1' });
  });

  it('a customer reaches a FIFO queue in its group, and a topic with its attributes', async () => {
    await post('evt_customer', 'customer.updated', { id: 'cus_7' });
    await ended('evt_customer', 'processed');

    const ordered = await take('CustomersUrl');
    const copy = await take('AuditUrl');

    expect(ordered.Attributes?.MessageGroupId).toBe('cus_7');
    expect(ordered.body).toMatchObject({ id: 'evt_customer', type: 'customer.updated' });
    expect(copy.body).toEqual(ordered.body);
    expect(copy.MessageAttributes?.['type']?.StringValue).toBe('customer.updated');
  });

  it('the local AWS refuses as the adapters expect of AWS', async () => {
    const { signal } = new AbortController();
    const key = 'stripe#evt_twice';
    const message = { key, id: 'evt_twice', type: 'invoice.paid', source: 'stripe', text: '{"a":1}' };
    const variables = awsVariables(endpoint);
    const client = jsonClient(targetServices.states, patientCalls, variables);
    const arn = own['FulfilmentArn'] ?? '';
    const start = (machine: string) => stateMachineTarget(client, machine)(message, signal);
    const nowhere = arn.replace('stateMachine:', 'stateMachine:nowhere-');
    const noFunction = arn.replace(':states:', ':lambda:').replace(/:stateMachine:.*/, ':function:nowhere');
    const noQueue = (own['RefundsUrl'] ?? '').replace(/[^/]+$/, 'nowhere');

    await start(arn);
    await start(arn);
    const started = await states('ListExecutions', JSON.stringify({ stateMachineArn: arn }));
    const refusals = await Promise.allSettled([
      start(nowhere),
      functionTarget(lambdaInvoke(variables), noFunction)(message, signal),
      queueTarget(sqsClient(patientCalls, variables), noQueue, { isFifo: false })(message, signal),
    ]);

    const names = Object(started).executions.map(({ name }: { name: string }) => name);
    expect(names.filter((name: string) => name === 'stripe_evt_twice')).toHaveLength(1);
    expect(refusals.map((end) => end.status === 'rejected' && end.reason.name)).toEqual(
      Array.from({ length: 3 }, () => 'PermanentFailure'),
    );
  });
});
