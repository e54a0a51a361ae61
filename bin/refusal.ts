import { CannotSignError } from './signing/draft.ts';

/** What a command will not or cannot do, told in one line: what, where, and what to do about it. */
export class RefusedError extends Error {
  override name = 'RefusedError' as const;
}

/** The one line for whatever ended a command: ours as it is, AWS's with its name, a bug with its stack. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof RefusedError || error instanceof CannotSignError) return error.message;
  const advice = adviceFor(error);
  if (advice !== undefined) return advice;
  return isFromAws(error) ? `AWS refused: ${error.name}: ${error.message}` : (error.stack ?? error.message);
}

/** What is wrong with the caller's own set-up, rather than with the deployment. */
function adviceFor(error: Error): string | undefined {
  const code = 'code' in error ? error.code : undefined;
  if (error.name === 'CredentialsProviderError' || error.name === 'TokenProviderError')
    return `There are no usable AWS credentials (${error.message.split('\n')[0]}): set AWS_PROFILE, pass --profile, or use --local.`;
  if (/region is missing/i.test(error.message))
    return 'No AWS region is set: set AWS_REGION, pass --region, or use --local.';
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND')
    return `Nothing answers at ${process.env['AWS_ENDPOINT_URL'] ?? 'AWS'} (${code}): start it, or unset AWS_ENDPOINT_URL.`;
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT' || code === 'SELF_SIGNED_CERT_IN_CHAIN')
    return 'The endpoint’s certificate is not trusted: use --local, or eval "$(npx hookline env)" again.';
  return undefined;
}

const isFromAws = (error: Error): boolean => '$metadata' in error;
