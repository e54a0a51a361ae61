import { AwsError } from '../../../lambdas/adapters/aws/errors.ts';
import { ConditionalCheckFailedException } from '../../../lambdas/adapters/dynamodb/errors.ts';
import { attributeValues, type Item } from './values.ts';

/** A request that DynamoDB takes for wrong. @param message says what is wrong, with the name or value got */
export const invalid = (message: string): AwsError =>
  new AwsError('ValidationException', message, { status: 400 });

/** A condition that was not met. @param item the item as it stands, if the request asks for it */
export function conditionFailed(item: Item | undefined): ConditionalCheckFailedException {
  // Refusals are part of every protocol, and a stack costs more than all the rest of them.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const error = new ConditionalCheckFailedException('The conditional request failed', {
    status: 400,
    ...(item && { Item: attributeValues(item) }),
  });
  Error.stackTraceLimit = stackTraceLimit;
  return error;
}

/** A partition that has no capacity left; the client of a test does not repeat the call. */
export const throttled = (): AwsError =>
  new AwsError('ProvisionedThroughputExceededException', 'throttled by the test', { status: 400 });

/** Something that DynamoDB knows and this stand-in does not: our adapters do not use it yet. */
export class UnknownToStandInError extends Error {
  override name = 'UnknownToStandInError' as const;
  constructor(what: string) {
    super(`the DynamoDB in memory does not know ${what}: teach it in testing/memory/dynamodb/`);
  }
}
