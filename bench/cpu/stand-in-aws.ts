import { hash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { AwsError } from '../../lambdas/adapters/aws/errors.ts';
import { attributeMap, plainValues } from '../../lambdas/adapters/dynamodb/attribute-values.ts';
import { ConditionalCheckFailedException } from '../../lambdas/adapters/dynamodb/errors.ts';
import {
  ChangeMessageVisibilityCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '../../lambdas/adapters/sqs/commands.ts';
import { seconds } from '../../lambdas/domain/time.ts';
import { onLoopback } from '../../test/support/loopback-server.ts';
import { dynamodbInMemory } from '../../testing/memory/dynamodb/dynamodb.ts';
import { sqsInMemory } from '../../testing/memory/sqs/sqs.ts';
import { type StoredQueue, storedQueue } from '../../testing/memory/sqs/stored-queue.ts';
import { secret } from '../first-events.ts';
import type { Assembly } from './assembly.ts';
import { answerInJson } from './dynamodb-wire.ts';

/**
 * DynamoDB, SQS and Secrets Manager behind AWS's JSON protocol, with the tables and queues of an assembly.
 *
 * The stores are the tests' own, which evaluate every condition. All secrets have the same value.
 */
export async function startStandInAws({ tables, queues: timeouts }: Assembly) {
  const db = dynamodbInMemory({ tables, now: Date.now });
  const dynamodb = db.client();
  const queues = standInQueues(timeouts);
  const calls = new Map<string, number>();
  const unknown: string[] = [];

  async function answerTo(service: string, action: string, input: object): Promise<object> {
    if (service.startsWith('DynamoDB')) return answerInJson(dynamodb, action, input);
    if (service === 'AmazonSQS') return queues.answerTo(action, input);
    const { VersionStage } = v.parse(v.object({ VersionStage: v.optional(v.string()) }), input);
    if (VersionStage !== 'AWSPREVIOUS') return { SecretString: secret, CreatedDate: 1_795_000_000 };
    throw new AwsError('ResourceNotFoundException', 'there is no previous version', { status: 400 });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [service = '', action = ''] = String(request.headers['x-amz-target']).split('.');
    calls.set(action, (calls.get(action) ?? 0) + 1);
    const send = (status: number, body: object) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
    try {
      send(200, await answerTo(service, action, JSON.parse(await text(request))));
    } catch (error) {
      // What the stand-in does not know must not look like an AWS that is busy.
      if (!(error instanceof AwsError)) unknown.push(`${action}: ${error}`);
      send(400, errorBody(error));
    }
  }

  const { url, close } = await onLoopback(
    createServer((request, response) => void answer(request, response)),
  );
  return {
    url,
    stop: close,
    /** How many calls there were, by action. */
    calls,
    /** Descriptions of the calls that it could not answer. */
    unknown,
    items: (table: string) => [...db.tableOf(table).items.values()],
    queue: queues.named,
    onArrival: queues.onArrival,
  };
}
export type StandInAws = Awaited<ReturnType<typeof startStandInAws>>;

/** @param timeouts the visibility timeout of each queue, in seconds */
function standInQueues(timeouts: Assembly['queues']) {
  const listeners = new Map<string, () => void>();
  const queues = new Map(
    Object.entries(timeouts).map(([name, visibility]) => [
      name,
      withNews(storedQueue({ now: Date.now, visibility: seconds(visibility) }), () =>
        listeners.get(name)?.(),
      ),
    ]),
  );
  function named(name: string): StoredQueue {
    const queue = queues.get(name);
    if (queue === undefined) throw new Error(`the assembly has no queue ${name}`);
    return queue;
  }
  return {
    named,
    /** Calls back when a message comes to a queue. */
    onArrival: (queue: string, listener: () => void): void => void listeners.set(queue, listener),
    answerTo(action: string, input: object): Promise<object> {
      const { QueueUrl } = v.parse(v.object({ QueueUrl: v.string() }), input);
      const queue = named(QueueUrl.split('/').at(-1) ?? '');
      return answerBySqs(sqsInMemory({ [QueueUrl]: queue }), action, input);
    },
  };
}

function withNews(queue: StoredQueue, tell: () => void): StoredQueue {
  return {
    ...queue,
    send(message) {
      const id = queue.send(message);
      tell();
      return id;
    },
  };
}

const Sent = v.looseObject({ Id: v.optional(v.string()), MessageBody: v.optional(v.string(), '') });

/** Answers with the hashes that clients compare. */
async function answerBySqs(
  sqs: ReturnType<typeof sqsInMemory>,
  action: string,
  input: object,
): Promise<object> {
  switch (action) {
    case 'SendMessage': {
      const output = await sqs.send(new SendMessageCommand(input as never));
      return { ...output, MD5OfMessageBody: hash('md5', v.parse(Sent, input).MessageBody) };
    }
    case 'SendMessageBatch': {
      const { Entries } = v.parse(v.object({ Entries: v.array(Sent) }), input);
      const hashes = new Map(Entries.map(({ Id, MessageBody }) => [Id, hash('md5', MessageBody)]));
      const { Successful = [], Failed } = await sqs.send(new SendMessageBatchCommand(input as never));
      return {
        Successful: Successful.map((sent) => ({ ...sent, MD5OfMessageBody: hashes.get(sent.Id) })),
        Failed,
      };
    }
    case 'ChangeMessageVisibility':
      return sqs.send(new ChangeMessageVisibilityCommand(input as never));
    default:
      throw new Error(`the bench's SQS does not know ${action}`);
  }
}

function errorBody(error: unknown): object {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const item = error instanceof ConditionalCheckFailedException ? error.Item : undefined;
  return {
    __type: error instanceof AwsError ? name : 'ValidationException',
    message,
    ...(item && { Item: attributeMap(plainValues(item)) }),
  };
}
