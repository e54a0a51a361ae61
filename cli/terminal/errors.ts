import type { PublishError } from '../../client/publish-webhook.ts';
import type { LocalAwsError } from '../../local/failure.ts';
import type { CannotSignError } from '../../testing/signing/draft.ts';
import { whyUnreachable } from './network-errors.ts';

/** A command is refused or cannot be done. The message is one line: what, where, and the next step. */
export class RefusedError extends Error {
  override name = 'RefusedError' as const;
}

/** A command line that is contradictory or cannot be parsed. The message is one line. */
export class UsageError extends Error {
  override name = 'UsageError' as const;
}

type OwnError = RefusedError | UsageError | CannotSignError | LocalAwsError;
/** By name, because their files load more than a command may need. */
const shownAsMessage: readonly string[] = [
  'LocalAwsError',
  'RefusedError',
  'UsageError',
  'CannotSignError',
] satisfies OwnError['name'][];
const publishError: PublishError['name'] = 'PublishError';

/** Describes the error that ended a command: our own message, an AWS error with its name, or a bug with its stack trace. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (shownAsMessage.includes(error.name)) return error.message;
  if (error.name === publishError) return `The event was not published: ${failureLine(error.cause)}`;
  const advice = adviceFor(error) ?? whyUnreachable(error);
  if (advice !== undefined) return advice;
  return isFromAws(error) ? `AWS refused: ${error.name}: ${error.message}` : (error.stack ?? error.message);
}

/** The first line of that description, without a stack trace. */
export const failureLine = (error: unknown): string => describeFailure(error).split('\n')[0] ?? '';

/** Advice for a fault in the caller's AWS configuration. */
function adviceFor(error: Error): string | undefined {
  if (error.name === 'CredentialsProviderError' || error.name === 'TokenProviderError')
    return `There are no usable AWS credentials (${error.message.split('\n')[0]}): set AWS_PROFILE, pass --profile, or use --local.`;
  if (/region is missing/i.test(error.message))
    return 'No AWS region is set: set AWS_REGION, pass --region, or use --local.';
  return undefined;
}

const isFromAws = (error: Error): boolean => '$metadata' in error;
