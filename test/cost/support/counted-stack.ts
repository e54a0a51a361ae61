import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  InvokeCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { managementFetch } from '../../../cli/stack/management-client.ts';
import { type LocalAws, startLocalAws } from '../../../local/emulator.ts';
import { clientConfig } from '../../../local/endpoint.ts';
import { functionLogs } from '../../../local/function-logs.ts';
import { eventually } from '../../flows/support/eventually.ts';
import { type Calls, startRecorder } from './recorder.ts';

/** What a step called and logged: our own lines by their names, EMF lines as `metrics`, in bytes each. */
export interface Counted extends Calls {
  readonly lines: Readonly<Record<string, readonly number[]>>;
  /** From the first invocation to the last answer. */
  readonly milliseconds: number;
}

/**
 * The shipped app on a separate AWS, with a count of its functions' calls.
 *
 * Only the test invokes functions: the event source mappings are off, so that a batch has the intended size.
 */
export async function countedStack({ counts = true } = {}) {
  const recorder = await startRecorder();
  const stateDir = mkdtempSync(join(tmpdir(), 'hookline-costs-'));
  const aws = await startLocalAws({
    app: 'bin/webhooks.ts',
    stateDir,
    strict: false,
    port: 0,
    functionEndpoint: counts ? recorder.url : undefined,
  });
  recorder.passOnTo(aws.endpoint.url);
  const lambda = new LambdaClient(aws.clientConfig);
  const sqs = new SQSClient(aws.clientConfig);
  await switchOffMappings(lambda);
  await deleteSchedules(aws.endpoint.url);
  await putSecret(aws);
  const names = (await lambda.send(new ListFunctionsCommand({}))).Functions ?? [];
  const nameOf = (part: string) =>
    names.find(({ FunctionName = '' }) => FunctionName.includes(part))?.FunctionName ?? `no ${part}`;
  const logs = functionLogs(aws.endpoint);

  /** Runs a step, and says what its functions called and logged. */
  async function counted(step: () => Promise<unknown>): Promise<Counted> {
    recorder.look();
    const since = Date.now();
    const begun = performance.now();
    await step();
    const milliseconds = performance.now() - begun;
    return { ...recorder.look(), lines: await linesSince(since), milliseconds };
  }

  /** Lines are stored a little later than they are written. The last of an invocation has its metrics, or is that of a request. */
  async function linesSince(since: number): Promise<Counted['lines']> {
    const read = async () =>
      bytesOf(
        (await logs.read(since)).map(({ text }) => text),
        since,
      );
    await eventually('the last line of the step', async () => {
      const lines = await read();
      return (lines['metrics'] ?? lines['event.received']) !== undefined;
    });
    await pause(300);
    return read();
  }

  async function invoke(part: string, event: object): Promise<string> {
    const Payload = JSON.stringify(event);
    const { FunctionError, Payload: answer = new Uint8Array() } = await lambda.send(
      new InvokeCommand({ FunctionName: nameOf(part), Payload }),
    );
    const text = Buffer.from(answer).toString('utf8');
    if (FunctionError !== undefined) throw new Error(`${part} failed: ${text}`);
    return text;
  }

  /** Invokes a function with a batch and deletes the messages that did not fail, as its mapping would. */
  async function work(part: string, queueUrl: string, messages: readonly Message[]): Promise<void> {
    const Records = messages.map(({ MessageId, Body, ReceiptHandle }) => ({
      messageId: MessageId,
      body: Body,
      receiptHandle: ReceiptHandle,
      attributes: { ApproximateReceiveCount: '1' },
      messageAttributes: {},
      eventSource: 'aws:sqs',
    }));
    const { batchItemFailures } = JSON.parse(await invoke(part, { Records }));
    if (batchItemFailures.length > 0)
      throw new Error(`${part} gave back ${batchItemFailures.length} messages`);
    for (const { ReceiptHandle } of messages) {
      // The function may have deleted it.
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle })).catch(() => undefined);
    }
  }

  /** Receives a number of waiting messages of a queue. */
  async function take(queueUrl: string, count: number): Promise<Message[]> {
    const taken: Message[] = [];
    await eventually(`${count} messages in ${queueUrl}`, async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: count - taken.length }),
      );
      taken.push(...Messages);
      return taken.length >= count;
    });
    return taken;
  }

  return {
    aws,
    sqs,
    counted,
    invoke,
    work,
    take,
    manage: managementFetch(aws.outputs.managementUrl, {
      region: async () => clientConfig(aws.endpoint).region,
      credentials: async () => clientConfig(aws.endpoint).credentials,
    }),
    async stop(): Promise<void> {
      await aws.stop();
      recorder.close();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

export type CountedStack = Awaited<ReturnType<typeof countedStack>>;
export const stripeSecret = 'whsec_counted';

async function switchOffMappings(lambda: LambdaClient): Promise<void> {
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}));
  for (const { UUID } of EventSourceMappings)
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
}

/** A scheduled sweep would be counted with the step that it happens to run beside. */
async function deleteSchedules(url: string): Promise<void> {
  // The local AWS finds the service by its name in here, and checks no signature unless it is strict.
  const scope = 'test/20260101/us-east-1/scheduler/aws4_request';
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const call = (path: string, method: string) =>
    fetch(new URL(path, url), { method, headers: { authorization } });
  const { Schedules }: { Schedules: readonly { Name: string }[] } = JSON.parse(
    await (await call('/schedules', 'GET')).text(),
  );
  if (Schedules.length === 0) throw new Error('the stack has no schedule of the sweep');
  for (const { Name } of Schedules) {
    const { status } = await call(`/schedules/${encodeURIComponent(Name)}`, 'DELETE');
    if (status !== 200) throw new Error(`the schedule of the sweep was not deleted: ${status}`);
  }
}

async function putSecret({ outputs, clientConfig: config }: LocalAws): Promise<void> {
  const SecretId = outputs.inbound.sources['stripe']?.secretArn ?? '';
  const client = new SecretsManagerClient(config);
  await client.send(new PutSecretValueCommand({ SecretId, SecretString: stripeSecret }));
  await client.send(new GetSecretValueCommand({ SecretId }));
}

interface OwnLine {
  readonly message?: string;
  readonly timestamp?: string;
  /** Of a line of metrics. */
  readonly _aws?: { readonly Timestamp: number };
}

/** A line of the step before may be stored during this one, so that only the time at which it was written tells them apart. */
function bytesOf(lines: readonly string[], since: number): Counted['lines'] {
  const found: Record<string, number[]> = {};
  for (const line of lines) {
    if (!line.startsWith('{')) continue;
    const { message, timestamp, _aws }: OwnLine = JSON.parse(line);
    const writtenAt = _aws?.Timestamp ?? Date.parse(timestamp ?? '');
    if (writtenAt <= since) continue;
    const name = _aws === undefined ? String(message) : 'metrics';
    found[name] = [...(found[name] ?? []), Buffer.byteLength(asOnAws(name, line))];
  }
  return found;
}

/** The request ids of an HTTP API have 16 characters, and those of the local AWS 36. Both are the correlation ids of inbound events. */
const asOnAws = (name: string, line: string): string =>
  /^event\.(?:received|consumed)$/.test(name)
    ? line.replace(/("correlationId":")[\w-]{36}"/, '$1UVx1Yg0aIAMEVlw="')
    : line;
