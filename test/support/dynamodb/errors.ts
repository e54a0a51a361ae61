import {
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  ProvisionedThroughputExceededException,
} from '@aws-sdk/client-dynamodb';
import { attributeValues, type Item } from './values.ts';

/** A request that DynamoDB takes for wrong. @param message says what is wrong, with the name or value got */
export const invalid = (message: string): DynamoDBServiceException =>
  new DynamoDBServiceException({ name: 'ValidationException', $fault: 'client', $metadata: {}, message });

/** A condition that was not met. @param item the item as it stands, if the request asks for it */
export function conditionFailed(item: Item | undefined): ConditionalCheckFailedException {
  // Refusals are part of every protocol, and a stack costs more than all the rest of them.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: {},
    ...(item && { Item: attributeValues(item) }),
  });
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}

/** A partition that has no capacity left; the client of a test does not repeat the call. */
export const throttled = (): ProvisionedThroughputExceededException =>
  new ProvisionedThroughputExceededException({ message: 'throttled by the test', $metadata: {} });

/** Something that DynamoDB knows and this stand-in does not: our adapters do not use it yet. */
export class UnknownToStandInError extends Error {
  override name = 'UnknownToStandInError' as const;
  constructor(what: string) {
    super(`the DynamoDB stand-in of the tests does not know ${what}: teach it in test/support/dynamodb/`);
  }
}
