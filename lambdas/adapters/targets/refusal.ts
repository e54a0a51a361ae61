import { asError } from '../../domain/errors.ts';
import { PermanentFailure } from '../../domain/handler.ts';

/** The codes with which a service refuses what it would refuse again. Every other failure is worth a retry. */
const permanentCodes: ReadonlySet<string> = new Set([
  // There is no such target.
  'QueueDoesNotExist',
  'AWS.SimpleQueueService.NonExistentQueue',
  'NotFound',
  'NotFoundException',
  'ResourceNotFoundException',
  'StateMachineDoesNotExist',
  'StateMachineDeleting',
  'InvalidArn',
  'InvalidAccountIdException',
  // It does not take this event.
  'InvalidArgument',
  'InvalidExecutionInput',
  'InvalidMessageContents',
  'InvalidName',
  'InvalidParameter',
  'InvalidParameterException',
  'InvalidParameterValue',
  'InvalidParameterValueException',
  'InvalidRequestContentException',
  'MalformedDetail',
  'MissingParameter',
  'NotAuthorizedForDetailTypeException',
  'NotAuthorizedForSourceException',
  'RecursiveInvocationException',
  'RequestEntityTooLarge',
  'RequestTooLargeException',
  'ValidationError',
  'ValidationException',
]);

/**
 * Turns what a target answered into the failure of its event.
 *
 * A missing permission is worth a retry: a deploy corrects that, and IAM takes a while to know of a grant.
 *
 * @param target as the reason names it, e.g. `the queue https://…`
 * @param code the service's
 */
export function refusal(target: string, code: string, error: unknown): Error {
  const { message } = asError(error);
  const text = `${target} refused the event (${code}): ${message}`;
  return permanentCodes.has(code)
    ? new PermanentFailure(text, { cause: error })
    : new Error(text, { cause: error });
}

/** Whether a code says that the same call would be refused again. */
export const isPermanentCode = (code: string): boolean => permanentCodes.has(code);
