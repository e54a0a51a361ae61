import { awsCaller } from '../aws/client.ts';
import { type Environment, ownEnvironment } from '../aws/environment.ts';
import type { ErrorOf } from '../aws/response.ts';
import { services } from '../aws/service.ts';
import type { CallBounds } from '../call-bounds.ts';
import type { AttributeMap } from './attribute-values.ts';
import type { DynamodbClient } from './commands.ts';
import { ConditionalCheckFailedException } from './errors.ts';
import { plainOutput, wireInput } from './wire.ts';

/** A client of DynamoDB for functions: it takes and returns plain values. @throws AwsConfigurationError */
export function dynamoClient(bounds: CallBounds, environment: Environment = ownEnvironment): DynamodbClient {
  const call = awsCaller(services.dynamodb, bounds, environment, errorOf);
  return {
    send: async (command) =>
      plainOutput(await call(command.action, JSON.stringify(wireInput(command.input)))),
  };
}

const errorOf: ErrorOf = (code, message, { Item }, place) =>
  code === 'ConditionalCheckFailedException'
    ? new ConditionalCheckFailedException(message, { ...place, ...(isMap(Item) && { Item }) })
    : undefined;

const isMap = (item: unknown): item is AttributeMap => typeof item === 'object' && item !== null;
