import type { AwsEndpoint } from './endpoint.ts';
import { LocalAwsError } from './failure.ts';
import { answers } from './ministack.ts';

/** Set by `hookline env` to the endpoint that it exported, so that a later start recognises it. */
export const ownEndpointVariable = 'HOOKLINE_AWS_ENDPOINT';

/**
 * Finds the running AWS endpoint that the environment names, if it names one.
 *
 * @returns undefined when an emulator must be started
 * @throws LocalAwsError when nothing responds there
 */
export async function existingEndpoint(env: NodeJS.ProcessEnv): Promise<AwsEndpoint | undefined> {
  const url = env['AWS_ENDPOINT_URL'];
  if (!url || url === env[ownEndpointVariable]) return undefined;
  const caFile = env['AWS_CA_BUNDLE'];
  const endpoint = { url, ...(caFile ? { caFile } : {}) };
  if (URL.canParse(url) && (await answers(endpoint))) return endpoint;
  throw new LocalAwsError(
    `AWS_ENDPOINT_URL is ${url}, but nothing responds there: unset it to start an emulator, or start the endpoint that it names.`,
  );
}
