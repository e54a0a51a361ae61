import { createHash } from 'node:crypto';
import type { Context, SQSEvent } from 'aws-lambda';
import { vi } from 'vitest';
import { propertyAt } from '../../../lambdas/domain/provider/property.ts';
import { type AwsAnswer, type AwsCall, startAws } from './aws-server.ts';

/** DynamoDB's answer to a role that may not do this: the client does not try again. */
export const accessDenied: AwsAnswer = { status: 400, body: { __type: 'AccessDeniedException' } };

/**
 * The AWS that a Lambda entry point finds, and its environment: to be set up before the entry point is imported.
 *
 * Each queue URL of the environment ends with the variable's name; each other variable has its own name as its value.
 *
 * @param answer decides about each call; undefined is an empty success
 */
export async function lambdaAws(
  environment: readonly string[],
  answer: (call: AwsCall) => AwsAnswer | undefined,
) {
  const aws = await startAws((call) => answer(call) ?? { body: defaultOf(call) });
  const own = environment.map((name) => [name, name.endsWith('_URL') ? `${aws.url}/1/${name}` : name]);
  const common = {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    POWERTOOLS_DEV: 'true',
    POWERTOOLS_METRICS_DISABLED: 'true',
  };
  for (const [name = '', value] of [...own, ...Object.entries(common)]) vi.stubEnv(name, value);
  // An entry point reads its environment once, and another test file of this process may have loaded it.
  vi.resetModules();
  for (const level of ['info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation(() => undefined);
  return {
    /** The messages that were sent to a queue, by its variable. */
    sentTo: (name: string) =>
      aws.calls
        .filter(({ action }) => action === 'SendMessage')
        .filter(({ input }) => String(propertyAt(input, 'QueueUrl')).endsWith(`/${name}`))
        .map(({ input }) => String(propertyAt(input, 'MessageBody'))),
    /** The queues that a call was made to, by their variables. */
    queuesOf: (action: string) =>
      aws.calls
        .filter((call) => call.action === action)
        .map(({ input }) => String(propertyAt(input, 'QueueUrl')).split('/').at(-1)),
    stop() {
      aws.stop();
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
      vi.resetModules();
    },
  };
}

/** A batch of a queue: the text of each message by its id. @param queue its name */
export const sqsEvent = (texts: Readonly<Record<string, string>>, queue = ''): SQSEvent => ({
  Records: Object.entries(texts).map(([messageId, body]) => ({
    messageId,
    receiptHandle: `handle of ${messageId}`,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:us-east-1:1:${queue}`,
    awsRegion: 'us-east-1',
  })),
});

/** An invocation that has so much time left. */
export const contextWith = (remainingMs: number): Context => ({
  awsRequestId: 'invocation-1',
  getRemainingTimeInMillis: () => remainingMs,
  callbackWaitsForEmptyEventLoop: true,
  functionName: '',
  functionVersion: '',
  invokedFunctionArn: '',
  memoryLimitInMB: '',
  logGroupName: '',
  logStreamName: '',
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
});

/** The client of SQS compares the hash of what it sent. */
const defaultOf = ({ action, input }: AwsCall): object =>
  action === 'SendMessage'
    ? {
        MD5OfMessageBody: createHash('md5')
          .update(String(propertyAt(input, 'MessageBody')))
          .digest('hex'),
      }
    : {};
