import { AwsConfigurationError, type Environment } from './environment.ts';
import type { AwsService } from './service.ts';

/** Where to call a service, and for which region to sign. */
export interface ServiceEndpoint {
  /** Without a path, e.g. `https://sqs.eu-central-1.amazonaws.com`. */
  readonly origin: URL;
  readonly region: string;
}

interface Partition {
  readonly regions: RegExp;
  readonly suffix: string;
  readonly dualStackSuffix: string;
}

/** AWS's partitions. @see the SDK's `partitions.json`, which a test compares with this */
const partitions: readonly Partition[] = [
  partition(/^(?:us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/, 'amazonaws.com', 'api.aws'),
  partition(/^cn-\w+-\d+$/, 'amazonaws.com.cn', 'api.amazonwebservices.com.cn'),
  partition(/^eusc-de-\w+-\d+$/, 'amazonaws.eu', 'api.amazonwebservices.eu'),
  partition(/^us-gov-\w+-\d+$/, 'amazonaws.com', 'api.aws'),
  partition(/^us-iso-\w+-\d+$/, 'c2s.ic.gov', 'api.aws.ic.gov'),
  partition(/^us-isob-\w+-\d+$/, 'sc2s.sgov.gov', 'api.aws.scloud'),
  partition(/^eu-isoe-\w+-\d+$/, 'cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk'),
  partition(/^us-isof-\w+-\d+$/, 'csp.hci.ic.gov', 'api.aws.hci.ic.gov'),
];

function partition(regions: RegExp, suffix: string, dualStackSuffix: string): Partition {
  return { regions, suffix, dualStackSuffix };
}

/**
 * Finds a service's endpoint by the environment, as the SDK does.
 *
 * Uses DynamoDB's regional endpoint also where the SDK would prefer the account's own; both are the same service.
 *
 * @throws AwsConfigurationError when the environment has no region, or asks for what this client does not know
 */
export function endpointOf(service: AwsService, environment: Environment): ServiceEndpoint {
  const region = environment['AWS_REGION'];
  if (!region) throw new AwsConfigurationError('AWS_REGION is not set; Lambda sets it in every function');
  const isFips = flag(environment, 'AWS_USE_FIPS_ENDPOINT');
  const isDualStack = flag(environment, 'AWS_USE_DUALSTACK_ENDPOINT');
  if (service.name === 'dynamodb' && environment['AWS_ACCOUNT_ID_ENDPOINT_MODE'] === 'required')
    throw new AwsConfigurationError(
      'AWS_ACCOUNT_ID_ENDPOINT_MODE is `required`, but the functions call the endpoints of regions; use `preferred`',
    );
  const custom = customEndpoint(service, environment);
  if (custom === undefined)
    return { region, origin: new URL(`https://${hostOf(service, region, isFips, isDualStack)}`) };
  if (isFips || isDualStack)
    throw new AwsConfigurationError(
      `${custom.name} and AWS_USE_${isFips ? 'FIPS' : 'DUALSTACK'}_ENDPOINT exclude each other; unset one of them`,
    );
  return { region, origin: originOf(custom) };
}

function hostOf(service: AwsService, region: string, isFips: boolean, isDualStack: boolean): string {
  const { name, plainFips } = service;
  const found = partitions.find(({ regions }) => regions.test(region));
  if (found === undefined)
    throw new AwsConfigurationError(
      `AWS_REGION '${region}' is in no known partition; add the partition to adapters/aws/endpoint.ts`,
    );
  const { suffix, dualStackSuffix } = found;
  const isPlain = plainFips?.test(region) === true;
  if (isDualStack && !(name === 'secretsmanager' && isOneHost(suffix, isFips))) {
    const isPlainInBoth = isPlain && name === 'events';
    return `${name}${isFips && !isPlainInBoth ? '-fips' : ''}.${region}.${dualStackSuffix}`;
  }
  return `${name}${isFips && !isPlain ? '-fips' : ''}.${region}.${suffix}`;
}

/** Whether Secrets Manager has one host for IPv4 and both in a partition. */
const isOneHost = (suffix: string, isFips: boolean): boolean =>
  suffix === 'amazonaws.com' || (suffix === 'amazonaws.com.cn' && !isFips);

interface CustomEndpoint {
  /** The variable that sets it. */
  readonly name: string;
  readonly url: string;
}

function customEndpoint({ variable }: AwsService, environment: Environment): CustomEndpoint | undefined {
  if (flag(environment, 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS')) return undefined;
  for (const name of [`AWS_ENDPOINT_URL_${variable}`, 'AWS_ENDPOINT_URL']) {
    const url = environment[name];
    if (url) return { name, url };
  }
  return undefined;
}

function originOf({ name, url }: CustomEndpoint): URL {
  const origin = URL.parse(url);
  if (origin === null || !/^https?:$/.test(origin.protocol) || origin.href !== `${origin.origin}/`)
    throw new AwsConfigurationError(
      `${name} is not the URL of a server without a path, e.g. https://sqs.example.org`,
    );
  return origin;
}

/** @throws AwsConfigurationError over any other value */
function flag(environment: Environment, name: string): boolean {
  const value = environment[name];
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw new AwsConfigurationError(`${name} is '${value}'; write true or false`);
}
