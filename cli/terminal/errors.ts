import { PublishError } from '../../client/publish-webhook.ts';
import { CannotSignError } from '../send/signing/draft.ts';
import { whyUnreachable } from './network-errors.ts';

/** What a command will not or cannot do, told in one line: what, where, and what to do about it. */
export class RefusedError extends Error {
  override name = 'RefusedError' as const;
}

/** A command line that contradicts itself or cannot be read, told in one line. */
export class UsageError extends Error {
  override name = 'UsageError' as const;
}

const shownAsMessage = [RefusedError, UsageError, CannotSignError] as const;

/** The one line for whatever ended a command: ours as it is, AWS's with its name, a bug with its stack. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (shownAsMessage.some((kind) => error instanceof kind)) return error.message;
  if (error instanceof PublishError) return `The event was not published: ${failureLine(error.cause)}`;
  const advice = adviceFor(error) ?? whyUnreachable(error);
  if (advice !== undefined) return advice;
  return isFromAws(error) ? `AWS refused: ${error.name}: ${error.message}` : (error.stack ?? error.message);
}

/** The same, beside other lines: a bug without its stack. */
export const failureLine = (error: unknown): string => describeFailure(error).split('\n')[0] ?? '';

/** What is wrong with the caller's own set-up, rather than with the deployment. */
function adviceFor(error: Error): string | undefined {
  if (error.name === 'CredentialsProviderError' || error.name === 'TokenProviderError')
    return `There are no usable AWS credentials (${error.message.split('\n')[0]}): set AWS_PROFILE, pass --profile, or use --local.`;
  if (/region is missing/i.test(error.message))
    return 'No AWS region is set: set AWS_REGION, pass --region, or use --local.';
  return undefined;
}

const isFromAws = (error: Error): boolean => '$metadata' in error;
