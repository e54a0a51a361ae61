import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import {
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
} from '@aws-sdk/client-secrets-manager';
import { ListQueuesCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, expect, it } from 'vitest';
import type { LocalOutputs } from '../../local/outputs.ts';
import { projectRoot } from '../../local/project-root.ts';
import { changingStack } from './support/changing-stack.ts';
import { eventually } from './support/eventually.ts';
import { describeFlow } from './support/local-stack.ts';

const stays = {
  provider: 'hmac',
  hmac: {
    signatureHeader: 'x-signature',
    algorithm: 'sha256',
    encoding: 'hex',
    prefix: '',
    idHeader: 'x-id',
  },
} as const;
const goes = { provider: 'token', token: { header: 'x-token', idHeader: 'x-id' } } as const;
const handlersRegistry = join(projectRoot, 'test/apps/handlers/every-provider.ts');

// By default a table's maximum follows from the number of consumers. AWS changes it in place; the local AWS makes a new table.
const shared = { handlersRegistry, maxTableUnitsPerSecond: 40_000 };
const one = { props: { sources: { hmac: stays }, ...shared } };
const both = { props: { sources: { hmac: stays, token: goes }, ...shared } };
const sharing = { props: { ...both.props, isolation: 'shared' as const } };

describeFlow(
  'A stack that changes',
  ({ outputs: { awsEndpoint, caFile }, sqs, secrets, dynamodb, waiting }) => {
    const stack = changingStack('Changing', { url: awsEndpoint, caFile });
    let outputs: LocalOutputs;
    let before: LocalOutputs;
    let events = 0;

    afterAll(async () => {
      await stack.destroy();
      stack.remove();
    });

    const sourceOf = (name: string, of = outputs) => {
      const source = of.inbound.sources[name];
      if (source === undefined) throw new Error(`there is no source ${name}`);
      return source;
    };
    const put = (name: string, value: string) =>
      secrets.send(new PutSecretValueCommand({ SecretId: sourceOf(name).secretArn, SecretString: value }));
    const secretFromHandshake = async (arn: string) =>
      (await secrets.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;

    async function post(name: 'hmac' | 'token', id: string): Promise<Response> {
      const body = `{"n":${events}}`;
      const signature = createHmac('sha256', `key of ${name}`).update(body).digest('hex');
      const proof = name === 'hmac' ? { 'x-signature': signature } : { 'x-token': `key of ${name}` };
      return fetch(sourceOf(name).url, { method: 'POST', headers: { ...proof, 'x-id': id }, body });
    }

    /** From the provider's request to the record that its handler has run. */
    async function expectEndToEnd(name: 'hmac' | 'token'): Promise<void> {
      const id = `evt-${++events}`;
      expect((await post(name, id)).status, `${name} takes ${id}`).toBe(200);
      await eventually(`${name} to handle ${id}`, async () => {
        const key = { TableName: outputs.tables.inboundEvents, Key: { id: `${name}#${id}` } };
        const { Item } = await dynamodb.send(new GetCommand(key));
        return Item?.['status'] === 'processed';
      });
    }

    const leftOvers = async () => {
      const { SecretList = [] } = await secrets.send(
        new ListSecretsCommand({ Filters: [{ Key: 'tag-value', Values: ['Changing'] }] }),
      );
      const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'Changing-' }));
      return { secrets: SecretList.map(({ ARN }) => ARN), queues: QueueUrls };
    };

    it('a stack whose first deploy fails leaves no queue and no secret', async () => {
      await expect(stack.deploy({ ...one, broken: true })).rejects.toThrow('refused');

      expect(await leftOvers()).toEqual({ secrets: [], queues: [] });
    });

    it('a stack whose first deploy failed is deployed by the next one', async () => {
      outputs = await stack.deploy(one);
      await put('hmac', 'key of hmac');

      await expectEndToEnd('hmac');
    });

    it('a stack gets another source', async () => {
      outputs = await stack.deploy(both);
      await put('token', 'key of token');

      await expectEndToEnd('token');
      await expectEndToEnd('hmac');
    });

    it('a stack loses a source, but not its accepted events or its secret', async () => {
      before = outputs;
      const { token: queue = '' } = before.queues.inbound;
      const { token: dlq = '' } = before.dlqs.inbound;
      // A record says "processed" before the event source mapping deletes the message.
      await eventually('the queue to be empty', async () => (await waiting(queue)) === 0);
      await sqs.send(new SendMessageCommand({ QueueUrl: queue, MessageBody: '{}', DelaySeconds: 900 }));
      await sqs.send(new SendMessageCommand({ QueueUrl: dlq, MessageBody: '{}' }));

      outputs = await stack.deploy(one);

      expect(outputs.inbound.sources).not.toHaveProperty('token');
      expect([await waiting(queue), await waiting(dlq)]).toEqual([1, 1]);
      expect(await secretFromHandshake(sourceOf('token', before).secretArn)).toBe('key of token');
      expect((await leftOvers()).secrets).toContain(sourceOf('token', before).secretArn);
      await expectEndToEnd('hmac');
    });

    it('a stack gets the source again, with a new queue and secret beside the old ones', async () => {
      outputs = await stack.deploy(both);

      expect(sourceOf('token').secretArn).not.toBe(sourceOf('token', before).secretArn);
      expect((await post('token', 'evt-early')).status).toBe(503);
      await put('token', 'key of token');
      // A secret that had no value is read again after two seconds.
      await eventually('its new secret', async () => (await post('token', 'evt-early')).status === 200);
      await expectEndToEnd('token');
      await expectEndToEnd('hmac');
      expect(await waiting(before.queues.inbound['token'] ?? '')).toBe(1);
      expect(await secretFromHandshake(sourceOf('token', before).secretArn)).toBe('key of token');
    });

    it('a stack changes its isolation, and keeps secrets and records', async () => {
      before = outputs;
      const { token: dlq = '' } = before.dlqs.inbound;
      await sqs.send(new SendMessageCommand({ QueueUrl: dlq, MessageBody: '{}' }));

      outputs = await stack.deploy(sharing);

      for (const name of ['hmac', 'token'] as const) {
        expect(sourceOf(name).secretArn).toBe(sourceOf(name, before).secretArn);
        await expectEndToEnd(name);
      }
      expect(outputs.tables).toEqual(before.tables);
      expect(await waiting(dlq)).toBe(1);
    });

    it('a stack is destroyed, and leaves its data', async () => {
      const { hmac: dlq = '' } = outputs.dlqs.inbound;
      await sqs.send(new SendMessageCommand({ QueueUrl: dlq, MessageBody: '{}' }));
      before = outputs;

      await stack.destroy();

      expect(await waiting(dlq)).toBe(1);
      expect(await secretFromHandshake(sourceOf('hmac', before).secretArn)).toBe('key of hmac');
      const key = { TableName: before.tables.inboundEvents, Key: { id: 'hmac#evt-1' } };
      expect((await dynamodb.send(new GetCommand(key))).Item).toMatchObject({ status: 'processed' });
    });

    it('a stack is deployed again beside its old data', async () => {
      outputs = await stack.deploy(one);
      await put('hmac', 'key of hmac');

      await expectEndToEnd('hmac');
      expect(outputs.tables.inboundEvents).not.toBe(before.tables.inboundEvents);
    });
  },
);
