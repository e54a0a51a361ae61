import type { AwsEndpoint } from './endpoint.ts';
import { LocalAwsError } from './failure.ts';
import { answers } from './ministack.ts';

/** Set by `hookline env` to the endpoint that it exported, so that a later start knows its own again. */
export const ownEndpointVariable = 'HOOKLINE_AWS_ENDPOINT';

/**
 * The AWS endpoint that already runs, if the environment names one.
 *
 * @returns undefined when an emulator is to be started
 * @throws LocalAwsError when it names one and nothing answers there
 */
export async function existingEndpoint(env: NodeJS.ProcessEnv): Promise<AwsEndpoint | undefined> {
  const url = env['AWS_ENDPOINT_URL'];
  if (!url || url === env[ownEndpointVariable]) return undefined;
  const caFile = env['AWS_CA_BUNDLE'];
  const endpoint = { url, ...(caFile ? { caFile } : {}) };
  if (URL.canParse(url) && (await answers(endpoint))) return endpoint;
  throw new LocalAwsError(
    `AWS_ENDPOINT_URL is ${url} and nothing answers there: unset it to have an emulator started, or start what it names.`,
  );
}
