import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FunctionConfiguration, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { PublishCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LocalAws, startLocalAws } from '../../local/emulator.ts';
import { trust } from '../../local/endpoint.ts';
import { startEndpoint, statuses } from './support/endpoint.ts';
import { eventually } from './support/eventually.ts';
import { describeFlow } from './support/local-stack.ts';

describeFlow('A stack with the key and the network of its team', (flows) => {
  const { awsEndpoint, caFile } = flows.outputs;
  const stateDir = mkdtempSync(join(tmpdir(), 'hookline-network-'));
  let aws: LocalAws;

  beforeAll(async () => {
    const endpoint = { url: awsEndpoint, caFile };
    trust(endpoint);
    aws = await startLocalAws({ app: 'test/apps/own-network.ts', stateDir, strict: true, port: 0, endpoint });
  });
  afterAll(async () => {
    await aws.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  async function functions(): Promise<readonly FunctionConfiguration[]> {
    const { Functions = [] } = await flows.lambda.send(new ListFunctionsCommand({}));
    return Functions.filter(({ FunctionName }) => FunctionName?.startsWith('OwnNetwork-Hooks'));
  }

  async function publish(id: string, url: string): Promise<void> {
    const Message = JSON.stringify({ id, type: 'invoice.paid', data: {}, endpoint: { id: 'e', url } });
    await flows.sns.send(new PublishCommand({ TopicArn: aws.outputs.outbound.topicArn, Message }));
  }

  const deliveryOf = async (eventId: string) => {
    const { Items = [] } = await flows.dynamodb.send(
      new ScanCommand({ TableName: aws.outputs.tables.deliveries, ConsistentRead: true }),
    );
    return Items.find((item) => item['eventId'] === eventId);
  };

  // The local AWS leaves out the VPC and the key of a function: test/lib/egress.test.ts and encryption-key.test.ts look at the template.
  it('every function has the variable of the team, and deliver alone knows the ranges of its VPC', async () => {
    const all = (await functions()).map(({ FunctionName, Environment }) => ({
      FunctionName,
      ...Environment,
    }));
    const withRanges = all.filter(({ Variables }) => Variables?.['REFUSED_RANGES'] !== undefined);

    expect(all).toHaveLength(6);
    for (const { Variables } of all) expect(Variables?.['DD_SITE']).toBe('datadoghq.eu');
    expect(withRanges).toMatchObject([
      {
        FunctionName: expect.stringContaining('Deliver'),
        Variables: { REFUSED_RANGES: '20.31.0.0/16' },
      },
    ]);
  });

  it('queues are encrypted with the key of the team', async () => {
    const { Attributes = {} } = await flows.sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: aws.outputs.outbound.publishQueueUrl,
        AttributeNames: ['KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds'],
      }),
    );

    expect(Attributes).toEqual({
      KmsMasterKeyId: aws.outputs.encryptionKeyArn,
      KmsDataKeyReusePeriodSeconds: '86400',
    });
  });

  it('a received event is handled', async () => {
    const source = aws.outputs.inbound.sources['hmac'];
    await flows.secrets.send(
      new PutSecretValueCommand({ SecretId: source?.secretArn, SecretString: 'key of the sender' }),
    );
    const body = '{"n":1}';
    const signature = createHmac('sha256', 'key of the sender').update(body).digest('hex');
    const headers = { 'x-signature': signature, 'x-id': 'evt_encrypted' };

    const { status } = await fetch(source?.url ?? '', { method: 'POST', headers, body });

    expect(status).toBe(200);
    await eventually('the handler', async () => {
      const Key = { id: 'hmac#evt_encrypted' };
      const { Item } = await flows.dynamodb.send(
        new GetCommand({ TableName: aws.outputs.tables.inboundEvents, Key }),
      );
      return Item?.['status'] === 'processed';
    });
  });

  it('a published event is delivered, through the encrypted topic and queues', async () => {
    using endpoint = await startEndpoint(statuses(200));

    await publish('evt_out', endpoint.url);

    await eventually('the delivery', async () => (await deliveryOf('evt_out'))?.['status'] === 'delivered');
    expect(endpoint.requests).toHaveLength(1);
  });

  it('an address of the VPC is not requested, though it is public', async () => {
    await publish('evt_inside', 'https://20.31.0.5/');

    const delivery = await eventually('the end', async () => {
      const found = await deliveryOf('evt_inside');
      return found?.['status'] === 'failed' ? found : undefined;
    });
    expect(JSON.stringify(delivery)).toContain('of our own network');
  });
});
