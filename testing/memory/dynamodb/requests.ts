import type {
  BatchExecuteStatementCommandInput,
  BatchGetCommandInput,
  DeleteCommandInput,
  GetCommandInput,
  PutCommandInput,
  QueryCommandInput,
  ScanCommandInput,
  UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import {
  BatchExecuteStatementCommand,
  BatchGetCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '../../../lambdas/adapters/dynamodb/commands.ts';
import { UnknownToStandInError } from './errors.ts';

/** What our adapters ask of DynamoDB. */
export type Request =
  | { readonly action: 'GetItem'; readonly input: GetCommandInput }
  | { readonly action: 'PutItem'; readonly input: PutCommandInput }
  | { readonly action: 'UpdateItem'; readonly input: UpdateCommandInput }
  | { readonly action: 'DeleteItem'; readonly input: DeleteCommandInput }
  | { readonly action: 'Query'; readonly input: QueryCommandInput }
  | { readonly action: 'Scan'; readonly input: ScanCommandInput }
  | { readonly action: 'BatchGetItem'; readonly input: BatchGetCommandInput }
  | BatchRequest;

/** Several writes in one call. It has no table of its own. */
interface BatchRequest {
  readonly action: 'BatchExecuteStatement';
  readonly input: BatchExecuteStatementCommandInput & { readonly TableName?: undefined };
}

/** @throws UnknownToStandInError over any other command */
export function requestOf(command: unknown): Request {
  if (command instanceof UpdateCommand) return { action: 'UpdateItem', input: command.input };
  if (command instanceof GetCommand) return { action: 'GetItem', input: command.input };
  if (command instanceof QueryCommand) return { action: 'Query', input: command.input };
  if (command instanceof PutCommand) return { action: 'PutItem', input: command.input };
  if (command instanceof DeleteCommand) return { action: 'DeleteItem', input: command.input };
  if (command instanceof ScanCommand) return { action: 'Scan', input: command.input };
  if (command instanceof BatchGetCommand) return { action: 'BatchGetItem', input: command.input };
  if (command instanceof BatchExecuteStatementCommand)
    return { action: 'BatchExecuteStatement', input: command.input };
  throw new UnknownToStandInError(`the command ${Object(command).constructor.name}`);
}

/** @throws UnknownToStandInError over a parameter that the stand-in would ignore */
export function checkParameters(action: Request['action'], input: object, known: readonly string[]): void {
  for (const name in input)
    if (!known.includes(name) && Reflect.get(input, name) !== undefined)
      throw new UnknownToStandInError(`the parameter ${name} of ${action}`);
}
