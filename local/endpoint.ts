import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** Where an AWS is that is not AWS, and how it is trusted. */
export interface AwsEndpoint {
  readonly url: string;
  /** Certificates to trust beside the usual ones; set where the endpoint speaks TLS with its own. */
  readonly caFile?: string;
}

/** The account and region of everything local; synth refuses `hookline:localEndpoints` for any other account. */
export const account = '000000000000';
export const region = 'us-east-1';

/** Keys that mean nothing to AWS itself, so nothing local can ever reach a real account. */
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

/** What an SDK client needs, e.g. `new SQSClient(clientConfig(endpoint))`. */
export const clientConfig = (endpoint: AwsEndpoint) => ({ endpoint: endpoint.url, region, credentials });

/** What the AWS CLI, the CDK CLI and any SDK need in their environment. */
export function awsVariables(endpoint: AwsEndpoint): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(endpoint.caFile ? { AWS_CA_BUNDLE: endpoint.caFile, NODE_EXTRA_CA_CERTS: endpoint.caFile } : {}),
  };
}

/** A proxy of the user's does not lead to this machine. */
export const notProxied = (base: NodeJS.ProcessEnv): string =>
  [base['NO_PROXY'], '127.0.0.1', 'localhost', '.localhost'].filter(Boolean).join(',');

/** The environment for a program that is to see the endpoint and nothing of the user's own AWS configuration. */
export function awsEnvironment(endpoint: AwsEndpoint, base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(base).filter(([name]) => !name.startsWith('AWS_'));
  const nowhere = '/dev/null';
  return {
    ...Object.fromEntries(kept),
    ...(base['HTTPS_PROXY'] && { NO_PROXY: notProxied(base) }),
    AWS_CONFIG_FILE: nowhere,
    AWS_SHARED_CREDENTIALS_FILE: nowhere,
    ...awsVariables(endpoint),
  };
}

/** Has this process trust the endpoint: `NODE_EXTRA_CA_CERTS` is read when a process starts, which is too late here. */
export function trust(endpoint: AwsEndpoint): void {
  if (endpoint.caFile === undefined) return;
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(endpoint.caFile, 'utf8')]);
}
