import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, inject, it, type ProvidedContext } from 'vitest';
import { patientCalls } from '../../../lambdas/adapters/call-bounds.ts';
import { dynamoClient } from '../../../lambdas/adapters/dynamodb/client.ts';
import { secretsClient } from '../../../lambdas/adapters/secrets/client.ts';
import { sqsClient } from '../../../lambdas/adapters/sqs/client.ts';
import { type AwsEndpoint, awsVariables, clientConfig, trust } from '../../../local/endpoint.ts';
import { enterLanes } from './lanes.ts';
import type { Behaviour, HandlerCall } from './sink.ts';

const local = inject('local');

/** The longest that a file waits for its lanes: as long as all files together. */
const lanesTimeoutMs = 30 * 60_000;

/** A `describe` over the deployed app that waits for the lanes of its file. Without a local AWS it is skipped. */
export function describeFlow(name: string, define: (stack: LocalStack) => void): void {
  describeAudit(name, (stack) => {
    let leaveLanes: () => void = () => undefined;
    // First in and, because hooks after tests run in the opposite order, last out.
    beforeAll(async () => {
      leaveLanes = await enterLanes(local?.lanesUrl ?? '', expect.getState().testPath ?? '');
    }, lanesTimeoutMs);
    afterAll(() => leaveLanes());
    define(stack);
  });
}

/** A `describe` over the app after the flow tests. Without a local AWS it is skipped. */
export function describeAudit(name: string, define: (stack: LocalStack) => void): void {
  if (local === undefined) describe.skip(name, () => it('needs Python', () => undefined));
  else describe(name, () => define(localStack(local)));
}

export type LocalStack = ReturnType<typeof localStack>;

/** The deployed app as its users see it: URLs, the AWS SDK, and the handlers' sink. */
function localStack(local: NonNullable<ProvidedContext['local']>) {
  const { outputs, sinkUrl, keys } = local;
  const endpoint: AwsEndpoint = { url: outputs.awsEndpoint, caFile: outputs.caFile };
  trust(endpoint);
  const config = clientConfig(endpoint);
  const dynamodb = DynamoDBDocumentClient.from(new DynamoDBClient(config), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const secrets = new SecretsManagerClient(config);
  const sqs = new SQSClient(config);
  const lambda = new LambdaClient(config);
  const variables = awsVariables(endpoint);

  return {
    /** The functions’ own clients. */
    ownClients: {
      dynamodb: dynamoClient(patientCalls, variables),
      secrets: secretsClient(patientCalls, variables),
      sqs: sqsClient(patientCalls, variables),
    },
    outputs,
    /** The keys and certificates on the providers' own servers. */
    keys,
    sqs,
    secrets,
    dynamodb,
    sns: new SNSClient(config),
    lambda,

    /** Makes the messages of a killed worker come back after this time, instead of six times its function's timeout. */
    async takenFor(seconds: number, QueueUrl: string): Promise<void> {
      const Attributes = { VisibilityTimeout: String(seconds) };
      await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    },

    /** The physical name of a function of this stack, by a part of it: other stacks run beside it. */
    async functionNamed(part: string): Promise<string> {
      const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
      const found = Functions.find(
        ({ FunctionName }) => FunctionName?.startsWith('Flows-') && FunctionName.includes(part),
      );
      return found?.FunctionName ?? `no function is named ${part}`;
    },

    async secretOf(source: string): Promise<string> {
      const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: arnOf(source) }));
      return SecretString ?? '';
    },
    async signingSecret(): Promise<string> {
      const id = outputs.outbound.signingSecretArn;
      const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: id }));
      return SecretString ?? '';
    },
    async putSecret(source: string, value: string): Promise<void> {
      await secrets.send(new PutSecretValueCommand({ SecretId: arnOf(source), SecretString: value }));
    },

    /** Posts to a source's URL. */
    post(
      source: string,
      headers: Record<string, string>,
      body: string | Uint8Array<ArrayBuffer>,
    ): Promise<Response> {
      const url = outputs.inbound.sources[source]?.url ?? '';
      return fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
    },

    /** The record of an inbound event; undefined while there is none. */
    async inboundEvent(source: string, id: string): Promise<Record<string, unknown> | undefined> {
      return itemOf(outputs.tables.inboundEvents, `${source}#${id}`);
    },
    async outboundEvent(id: string): Promise<Record<string, unknown> | undefined> {
      return itemOf(outputs.tables.outboundEvents, `#${id}`);
    },
    async delivery(id: string): Promise<Record<string, unknown> | undefined> {
      return itemOf(outputs.tables.deliveries, id);
    },

    /** Messages in a queue, seen or not, delayed ones included. */
    async waiting(queueUrl: string): Promise<number> {
      const names = [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ] as const;
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...names] }),
      );
      return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
    },

    /** Reads all visible messages of a queue, without deleting them. */
    async peek(queueUrl: string): Promise<string[]> {
      const bodies = new Map<string, string>();
      for (let look = 0; look < 50; look++) {
        // Hides them for a second, so that the next receive returns others.
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 1 }),
        );
        if (Messages.length === 0) break;
        for (const { MessageId = '', Body = '' } of Messages) bodies.set(MessageId, Body);
      }
      return [...bodies.values()];
    },

    /** The runs of an event's handler, in order. */
    async handlerCalls(id: string): Promise<HandlerCall[]> {
      const response = await fetch(`${sinkUrl}/calls/${encodeURIComponent(id)}`);
      return JSON.parse(await response.text());
    },
    /** Tells the handler of an event what to do in its next runs; the last one stays. */
    async behave(id: string, ...behaviours: Behaviour[]): Promise<void> {
      await fetch(`${sinkUrl}/behaviours/${encodeURIComponent(id)}`, {
        method: 'PUT',
        body: JSON.stringify(behaviours),
      });
    },
  };

  async function itemOf(table: string, id: string): Promise<Record<string, unknown> | undefined> {
    const { Item } = await dynamodb.send(
      new GetCommand({ TableName: table, Key: { id }, ConsistentRead: true }),
    );
    return Item;
  }

  function arnOf(source: string): string {
    return outputs.inbound.sources[source]?.secretArn ?? '';
  }
}
