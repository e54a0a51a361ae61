import type {
  PurgeQueueCommandInput,
  PurgeQueueCommandOutput,
  ReceiveMessageCommandInput,
  ReceiveMessageCommandOutput,
} from '@aws-sdk/client-sqs';
import { Command, type OutputOf } from '../../../lambdas/adapters/aws/command.ts';

// Commands of SQS that no function sends.

export class ReceiveMessageCommand extends Command<
  'sqs',
  ReceiveMessageCommandInput,
  OutputOf<ReceiveMessageCommandOutput>
> {
  readonly service = 'sqs';
  readonly action = 'ReceiveMessage';
}

export class PurgeQueueCommand extends Command<
  'sqs',
  PurgeQueueCommandInput,
  OutputOf<PurgeQueueCommandOutput>
> {
  readonly service = 'sqs';
  readonly action = 'PurgeQueue';
}
