import type {
  ChangeMessageVisibilityCommandInput,
  ChangeMessageVisibilityCommandOutput,
  DeleteMessageCommandInput,
  DeleteMessageCommandOutput,
  GetQueueAttributesCommandInput,
  GetQueueAttributesCommandOutput,
  SendMessageBatchCommandInput,
  SendMessageBatchCommandOutput,
  SendMessageCommandInput,
  SendMessageCommandOutput,
} from '@aws-sdk/client-sqs';
import { Command, type CommandClient, type OutputOf } from '../aws/command.ts';

// The commands of `@aws-sdk/client-sqs` that the adapters use, by its names and with its inputs.

/** A client of SQS. */
export type SqsClient = CommandClient<'sqs'>;

abstract class SqsCommand<Input extends object, Output> extends Command<'sqs', Input, OutputOf<Output>> {
  readonly service = 'sqs';
}

export class SendMessageCommand extends SqsCommand<SendMessageCommandInput, SendMessageCommandOutput> {
  readonly action = 'SendMessage';
}

export class SendMessageBatchCommand extends SqsCommand<
  SendMessageBatchCommandInput,
  SendMessageBatchCommandOutput
> {
  readonly action = 'SendMessageBatch';
}

export class DeleteMessageCommand extends SqsCommand<DeleteMessageCommandInput, DeleteMessageCommandOutput> {
  readonly action = 'DeleteMessage';
}

export class ChangeMessageVisibilityCommand extends SqsCommand<
  ChangeMessageVisibilityCommandInput,
  ChangeMessageVisibilityCommandOutput
> {
  readonly action = 'ChangeMessageVisibility';
}

export class GetQueueAttributesCommand extends SqsCommand<
  GetQueueAttributesCommandInput,
  GetQueueAttributesCommandOutput
> {
  readonly action = 'GetQueueAttributes';
}
