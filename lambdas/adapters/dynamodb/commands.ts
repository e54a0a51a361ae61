import type {
  BatchExecuteStatementCommandInput,
  BatchExecuteStatementCommandOutput,
  BatchGetCommandInput,
  BatchGetCommandOutput,
  DeleteCommandInput,
  DeleteCommandOutput,
  GetCommandInput,
  GetCommandOutput,
  PutCommandInput,
  PutCommandOutput,
  QueryCommandInput,
  QueryCommandOutput,
  ScanCommandInput,
  ScanCommandOutput,
  UpdateCommandInput,
  UpdateCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { Command, type CommandClient, type OutputOf } from '../aws/command.ts';

// The commands of `@aws-sdk/lib-dynamodb` that the adapters use, by its names and with its inputs: values are plain JavaScript.

/** A client of DynamoDB that takes and returns plain values. */
export type DynamodbClient = CommandClient<'dynamodb'>;

abstract class DynamodbCommand<Input extends object, Output> extends Command<
  'dynamodb',
  Input,
  OutputOf<Output>
> {
  readonly service = 'dynamodb';
}

export class GetCommand extends DynamodbCommand<GetCommandInput, GetCommandOutput> {
  readonly action = 'GetItem';
}

export class PutCommand extends DynamodbCommand<PutCommandInput, PutCommandOutput> {
  readonly action = 'PutItem';
}

export class UpdateCommand extends DynamodbCommand<UpdateCommandInput, UpdateCommandOutput> {
  readonly action = 'UpdateItem';
}

export class DeleteCommand extends DynamodbCommand<DeleteCommandInput, DeleteCommandOutput> {
  readonly action = 'DeleteItem';
}

export class QueryCommand extends DynamodbCommand<QueryCommandInput, QueryCommandOutput> {
  readonly action = 'Query';
}

export class ScanCommand extends DynamodbCommand<ScanCommandInput, ScanCommandOutput> {
  readonly action = 'Scan';
}

export class BatchGetCommand extends DynamodbCommand<BatchGetCommandInput, BatchGetCommandOutput> {
  readonly action = 'BatchGetItem';
}

export class BatchExecuteStatementCommand extends DynamodbCommand<
  BatchExecuteStatementCommandInput,
  BatchExecuteStatementCommandOutput
> {
  readonly action = 'BatchExecuteStatement';
}
