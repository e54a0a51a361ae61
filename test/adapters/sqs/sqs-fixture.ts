import type { SqsClient } from '../../../lambdas/adapters/sqs/commands.ts';
import { sqsQueue } from '../../../lambdas/adapters/sqs/queue.ts';
import { type Seconds, seconds } from '../../../lambdas/domain/time.ts';
import { ReceiveMessageCommand } from '../../../testing/memory/sqs/commands.ts';

const api = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/';
const guide = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/';

/** What the emulator does in another way than AWS documents, and the page. Only these lines are not run on it. */
export const emulatorDeviations = {
  'deletes with a stale receipt handle': `${api}API_DeleteMessage.html: the request succeeds, and deletes nothing; there it is an error`,
  'counts attributes': `${guide}quotas-messages.html: attributes count towards the size; there only bodies do`,
  'checks attributes': `${api}API_MessageAttributeValue.html: the characters of values, and ten at most; there anything goes`,
  'limits delays': `${api}API_SendMessage.html: 900 s at most; there any number`,
  'limits visibility': `${api}API_ChangeMessageVisibility.html: 43,200 s at most; there any number`,
  'knows what is in flight': `${api}API_ChangeMessageVisibility.html: MessageNotInflight for a visible message; there it succeeds`,
} as const;
export type Deviation = keyof typeof emulatorDeviations;

/** A queue under the contract. */
interface TestedQueue {
  readonly url: string;
  /** Its dead-letter queue. */
  readonly dlqUrl: string;
}

/** An SQS under the contract. */
export interface TestedSqs {
  readonly client: SqsClient;
  /** @param maxReceiveCount after so many receives a message goes to the dead-letter queue */
  makeQueue(visibility: Seconds, maxReceiveCount: number): Promise<TestedQueue>;
  /** Lets time pass. */
  wait(span: Seconds): Promise<void>;
}

/** A text attribute of a message. */
export const text = (value: string) => ({ DataType: 'String', StringValue: value });

interface QueueOptions {
  readonly visibility?: Seconds;
  readonly maxReceiveCount?: number;
}

/** A queue with short times, its adapter, and what the adapters do not do. */
export async function testedQueue(
  start: () => Promise<TestedSqs>,
  { visibility = seconds(2), maxReceiveCount = 100 }: QueueOptions = {},
) {
  const { client, makeQueue, wait } = await start();
  const { url, dlqUrl } = await makeQueue(visibility, maxReceiveCount);
  const receive = async (from = url, hiddenFor?: number) => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: from,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: hiddenFor,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages.map(
      ({ MessageId = '', Body = '', ReceiptHandle = '', Attributes, MessageAttributes }) => ({
        id: MessageId,
        body: Body,
        handle: ReceiptHandle,
        receives: Number(Attributes?.ApproximateReceiveCount),
        attributes: MessageAttributes ?? {},
      }),
    );
  };
  const bodies = async (from = url) => (await receive(from)).map(({ body }) => body).toSorted();
  /** Receives one, which must be there. */
  const receiveOne = async (hiddenFor?: number) => {
    const [message] = await receive(url, hiddenFor);
    if (message === undefined) throw new Error('no message is visible');
    return message;
  };
  return { client, url, dlqUrl, wait, queue: sqsQueue(client, url), receive, receiveOne, bodies };
}
