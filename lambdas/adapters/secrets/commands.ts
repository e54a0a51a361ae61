import type {
  DescribeSecretCommandInput,
  DescribeSecretCommandOutput,
  GetSecretValueCommandInput,
  GetSecretValueCommandOutput,
  PutSecretValueCommandInput,
  PutSecretValueCommandOutput,
} from '@aws-sdk/client-secrets-manager';
import { Command, type CommandClient, type OutputOf } from '../aws/command.ts';

// The commands of `@aws-sdk/client-secrets-manager` that the adapters use, by its names and with its inputs.

/** A client of Secrets Manager. */
export type SecretsClient = CommandClient<'secretsmanager'>;

abstract class SecretsCommand<Input extends object, Output> extends Command<
  'secretsmanager',
  Input,
  OutputOf<Output>
> {
  readonly service = 'secretsmanager';
}

export class GetSecretValueCommand extends SecretsCommand<
  GetSecretValueCommandInput,
  GetSecretValueCommandOutput
> {
  readonly action = 'GetSecretValue';
}

export class DescribeSecretCommand extends SecretsCommand<
  DescribeSecretCommandInput,
  DescribeSecretCommandOutput
> {
  readonly action = 'DescribeSecret';
}

export class PutSecretValueCommand extends SecretsCommand<
  PutSecretValueCommandInput,
  PutSecretValueCommandOutput
> {
  readonly action = 'PutSecretValue';
}
