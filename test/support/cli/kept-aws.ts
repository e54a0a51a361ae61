import { createHash } from 'node:crypto';
import type { LocalOutputs } from '../../../local/outputs.ts';
import { type Answers, cliAws } from './aws.ts';
import { localOutputs } from './outputs.ts';

/** A secret, newest version first. */
export interface FakeSecret {
  readonly Name: string;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
  readonly values: string[];
  /** When the newest version was made. */
  readonly hoursOld?: number;
  readonly DeletedDate?: number;
  /** The version of its first value. */
  readonly versionId?: string;
}

interface FakeQueue {
  readonly messages: string[];
  readonly inFlight?: number;
  readonly delayed?: number;
  readonly Tags?: Readonly<Record<string, string>>;
}

export interface KeptWorld {
  readonly secrets: Record<string, FakeSecret>;
  /** By name. */
  readonly queues: Record<string, FakeQueue>;
}

/** A page of a list. */
const namesAtOnce = 20;
const account = '000000000000';
export const arnOf = (name: string): string =>
  `arn:aws:secretsmanager:us-east-1:${account}:secret:${name}-AbCdEf`;
const ofSource = (stack: string, source: string) => [
  { Key: 'hookline:stack', Value: stack },
  { Key: 'hookline:source', Value: source },
];

/** A secret that a source of a stack has or left. */
export const secretOf = (
  Name: string,
  source: string,
  values: string[],
  more: {
    readonly stack?: string;
    readonly hoursOld?: number;
    readonly DeletedDate?: number;
    readonly versionId?: string;
  } = {},
): Record<string, FakeSecret> => {
  const { stack = 'Hookline', ...rest } = more;
  return { [arnOf(Name)]: { Name, Tags: ofSource(stack, source), values, ...rest } };
};

/** The resources of the deployed stack: its two sources' secrets, and all queues. */
export const deployedOutputs = {
  ...localOutputs,
  inbound: {
    ...localOutputs.inbound,
    sources: {
      stripe: { url: 'http://127.0.0.1:4566/api/stripe', secretArn: arnOf('new'), provider: 'stripe' },
      partner: { url: 'http://127.0.0.1:4566/api/partner', secretArn: arnOf('partner'), provider: 'hmac' },
    },
  },
  queues: {
    publish: 'sqs:Hookline-OutboundPublishingQueue1-A',
    delivery: 'sqs:Hookline-OutboundDeliveringQueue1-A',
    sideline: 'sqs:Hookline-OutboundSidelineQueue1-A',
    inbound: {
      stripe: 'sqs:Hookline-SourcestripeWorkQueue1-A',
      partner: 'sqs:Hookline-SourcepartnerWorkQueue1-A',
    },
  },
};

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
class ResourceNotFoundException extends Error {
  override name = 'ResourceNotFoundException' as const;
}
class QueueDoesNotExist extends Error {
  override name = 'QueueDoesNotExist' as const;
}

/** An AWS with the resources of a stack, and those that removed sources left. */
export async function keptAws(
  { secrets, queues }: KeptWorld,
  more: Answers = {},
  outputs: LocalOutputs = deployedOutputs,
) {
  const secretNamed = (id: unknown): FakeSecret => {
    const secret = secrets[String(id)];
    if (secret === undefined) throw new ResourceNotFoundException('no such secret');
    return secret;
  };
  const queueAt = (url: unknown): FakeQueue => {
    const queue = queues[String(url).split('/').at(-1) ?? ''];
    if (queue === undefined) throw new QueueDoesNotExist('no such queue');
    return queue;
  };
  const hidden = new Set<string>();
  return cliAws(
    {
      ListSecrets: () => ({
        SecretList: Object.entries(secrets).map(([ARN, secret]) => ({
          ARN,
          ...secret,
          CreatedDate: 1_795_000_000,
        })),
      }),
      DescribeSecret: ({ SecretId }) => ({ ARN: SecretId, ...secretNamed(SecretId) }),
      GetSecretValue: ({ SecretId, VersionStage }) => {
        const { values, hoursOld = 100, versionId } = secretNamed(SecretId);
        const value = values[VersionStage === 'AWSPREVIOUS' ? 1 : 0];
        if (value === undefined) throw new ResourceNotFoundException('no such version');
        return {
          SecretString: value,
          VersionId: values.length === 1 && versionId ? versionId : md5(value),
          CreatedDate: Date.now() / 1000 - hoursOld * 3600,
        };
      },
      PutSecretValue: ({ SecretId, SecretString }) => {
        secretNamed(SecretId).values.unshift(String(SecretString));
        return {};
      },
      ListQueues: ({ QueueNamePrefix = '', NextToken = '' }, url) => {
        const found = Object.keys(queues).filter((name) => name.startsWith(String(QueueNamePrefix)));
        const urls = found.map((name) => `${url}/${account}/${name}`);
        const from = Number(NextToken);
        const more = from + namesAtOnce < urls.length ? { NextToken: String(from + namesAtOnce) } : {};
        return { QueueUrls: urls.slice(from, from + namesAtOnce), ...more };
      },
      ListQueueTags: ({ QueueUrl }) => ({ Tags: queueAt(QueueUrl).Tags }),
      GetQueueAttributes: ({ QueueUrl }) => {
        const { messages, inFlight = 0, delayed = 0 } = queueAt(QueueUrl);
        return {
          Attributes: {
            ApproximateNumberOfMessages: String(messages.length),
            ApproximateNumberOfMessagesNotVisible: String(inFlight),
            ApproximateNumberOfMessagesDelayed: String(delayed),
          },
        };
      },
      ReceiveMessage: ({ QueueUrl }) => {
        const Messages = queueAt(QueueUrl)
          .messages.filter((body) => !hidden.has(body))
          .slice(0, 10)
          .map((body) => ({ MessageId: md5(body), ReceiptHandle: body, Body: body, MD5OfBody: md5(body) }));
        for (const { Body } of Messages) hidden.add(Body);
        return { Messages };
      },
      ChangeMessageVisibilityBatch: ({ Entries }) => {
        for (const { ReceiptHandle } of Entries as { ReceiptHandle: string }[]) hidden.delete(ReceiptHandle);
        return {};
      },
      DeleteMessage: ({ QueueUrl, ReceiptHandle }) => {
        const { messages } = queueAt(QueueUrl);
        messages.splice(messages.indexOf(String(ReceiptHandle)), 1);
        return {};
      },
      SendMessage: ({ QueueUrl, MessageBody }) => {
        queueAt(QueueUrl).messages.push(String(MessageBody));
        return { MessageId: 'sent', MD5OfMessageBody: md5(String(MessageBody)) };
      },
      ...more,
    },
    { outputs },
  );
}
