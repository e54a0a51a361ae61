import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/** The URL of an AWS emulator, and its certificate. */
export interface AwsEndpoint {
  readonly url: string;
  /** A file of additional certificates to trust; set if the endpoint has TLS with its own certificate. */
  readonly caFile?: string;
}

/** The account and region of everything local; synth refuses `hookline:localEndpoints` for any other account. */
export const account = '000000000000';
export const region = 'us-east-1';

/** Keys that AWS itself does not accept, so that local calls can never reach a real account. */
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

/** The configuration of an SDK client, e.g. `new SQSClient(clientConfig(endpoint))`. */
export const clientConfig = (endpoint: AwsEndpoint) => ({ endpoint: endpoint.url, region, credentials });

/** The environment variables for the AWS CLI, the CDK CLI and any SDK. */
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

/** Excludes this machine from the user's proxy. */
export const notProxied = (base: NodeJS.ProcessEnv): string =>
  [base['NO_PROXY'], '127.0.0.1', 'localhost', '.localhost'].filter(Boolean).join(',');

/** The environment for a program that sees the endpoint but not the user's own AWS configuration. */
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

/** Makes this process trust the endpoint. Node reads `NODE_EXTRA_CA_CERTS` only when a process starts. */
export function trust(endpoint: AwsEndpoint): void {
  if (endpoint.caFile === undefined) return;
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(endpoint.caFile, 'utf8')]);
}
