import * as v from 'valibot';
import { awsCaller } from '../aws/client.ts';
import { type Environment, ownEnvironment } from '../aws/environment.ts';
import type { ErrorBody, ErrorPlace } from '../aws/errors.ts';
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

/** The item of a refused write; what is in it is the table's. */
const Refused = v.object({ Item: v.optional(v.custom<AttributeMap>((item) => typeof item === 'object')) });

function errorOf(code: string, body: ErrorBody, place: ErrorPlace) {
  if (code !== 'ConditionalCheckFailedException') return undefined;
  const { Item } = v.parse(Refused, body);
  return new ConditionalCheckFailedException(body.message ?? code, { ...place, ...(Item && { Item }) });
}
