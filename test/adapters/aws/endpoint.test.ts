import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, expect, it, vi } from 'vitest';
import { endpointOf } from '../../../lambdas/adapters/aws/endpoint.ts';
import { AwsConfigurationError, credentialsIn } from '../../../lambdas/adapters/aws/environment.ts';
import { services } from '../../../lambdas/adapters/aws/service.ts';
import { lambdaService, targetServices } from '../../../lambdas/adapters/aws/target-services.ts';

afterEach(() => vi.unstubAllEnvs());

/** At least one of each partition; `us-future-9` is a region that does not exist yet. */
const regions = [
  'us-east-1',
  'us-future-9',
  'eu-central-2',
  'ap-southeast-5',
  'sa-east-1',
  'ca-west-1',
  'me-central-1',
  'af-south-1',
  'il-central-1',
  'mx-central-1',
  'cn-north-1',
  'cn-northwest-1',
  'eusc-de-east-1',
  'us-gov-west-1',
  'us-gov-east-1',
  'us-iso-east-1',
  'us-isob-east-1',
  'eu-isoe-west-1',
  'us-isof-south-1',
];
const flags = ['true', 'false', undefined];

const makes = {
  dynamodb: DynamoDBClient,
  sqs: SQSClient,
  secretsmanager: SecretsManagerClient,
  lambda: LambdaClient,
};
const own = { ...services, lambda: lambdaService };

/** The host that a client of the SDK calls; it ends before anything is sent. */
async function sdkHost(name: keyof typeof makes, variables: Record<string, string>): Promise<string> {
  for (const [variable, value] of Object.entries(variables)) vi.stubEnv(variable, value);
  const { config } = new makes[name]({});
  const [useFips, useDualstack, region] = await Promise.all([
    config.useFipsEndpoint(),
    config.useDualstackEndpoint(),
    config.region(),
  ]);
  vi.unstubAllEnvs();
  const asked = { Region: region, UseFIPS: useFips, UseDualStack: useDualstack };
  return config.endpointProvider(asked).url.host;
}

it.each(['dynamodb', 'sqs', 'secretsmanager', 'lambda'] as const)(
  'the host of %s is the SDK’s in every partition, with FIPS and dual stack',
  async (name) => {
    const cases = regions.flatMap((AWS_REGION) =>
      flags.flatMap((fips) =>
        flags.map((dualStack) => ({
          AWS_REGION,
          ...(fips && { AWS_USE_FIPS_ENDPOINT: fips }),
          ...(dualStack && { AWS_USE_DUALSTACK_ENDPOINT: dualStack }),
        })),
      ),
    );
    for (const variables of cases) {
      const { origin, region } = endpointOf(own[name], variables);
      expect([variables, origin.href]).toEqual([variables, `https://${await sdkHost(name, variables)}/`]);
      expect(region).toBe(variables.AWS_REGION);
    }
  },
);

/** From the rule sets of botocore 1.43.106: the project needs no client of these services. */
it.each([
  ['events', 'eu-central-1', '', 'events.eu-central-1.amazonaws.com'],
  ['events', 'eu-central-1', 'FIPS', 'events-fips.eu-central-1.amazonaws.com'],
  ['events', 'us-gov-west-1', 'FIPS', 'events.us-gov-west-1.amazonaws.com'],
  ['events', 'us-gov-east-1', 'FIPS DUALSTACK', 'events.us-gov-east-1.api.aws'],
  ['events', 'cn-north-1', 'DUALSTACK', 'events.cn-north-1.api.amazonwebservices.com.cn'],
  ['states', 'eu-central-1', '', 'states.eu-central-1.amazonaws.com'],
  ['states', 'us-gov-west-1', 'FIPS', 'states.us-gov-west-1.amazonaws.com'],
  ['states', 'us-gov-east-1', 'FIPS', 'states-fips.us-gov-east-1.amazonaws.com'],
  ['states', 'us-gov-west-1', 'FIPS DUALSTACK', 'states-fips.us-gov-west-1.api.aws'],
] as const)('the host of %s in %s with the flags "%s" is %s', (name, AWS_REGION, flagged, host) => {
  const flagsSet = flagged.split(' ').map((flag) => [`AWS_USE_${flag}_ENDPOINT`, 'true']);

  expect(endpointOf(targetServices[name], { AWS_REGION, ...Object.fromEntries(flagsSet) }).origin.host).toBe(
    host,
  );
});

const base = { AWS_REGION: 'us-east-1' };

it.each([
  ['the variable for all services', { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, 'http://127.0.0.1:4566/'],
  [
    'the service’s own variable',
    { AWS_ENDPOINT_URL: 'http://a', AWS_ENDPOINT_URL_SQS: 'https://b:8443/' },
    'https://b:8443/',
  ],
  ['an empty own variable', { AWS_ENDPOINT_URL: 'http://a', AWS_ENDPOINT_URL_SQS: '' }, 'http://a/'],
  [
    'another service’s variable',
    { AWS_ENDPOINT_URL_DYNAMODB: 'http://a' },
    'https://sqs.us-east-1.amazonaws.com/',
  ],
  [
    'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
    { AWS_ENDPOINT_URL: 'http://a', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
    'https://sqs.us-east-1.amazonaws.com/',
  ],
])('an endpoint is chosen by %s', (_what, variables, expected) => {
  expect(endpointOf(services.sqs, { ...base, ...variables }).origin.href).toBe(expected);
});

it.each([
  ['no region', { AWS_REGION: '' }, /AWS_REGION is not set/],
  [
    'a region of an unknown partition',
    { AWS_REGION: 'moon-east-1' },
    /'moon-east-1' is in no known partition/,
  ],
  ['a pseudo-region', { AWS_REGION: 'fips-us-east-1' }, /no known partition/],
  ['a region that would change the host', { AWS_REGION: 'us-east-1.evil.example/' }, /no known partition/],
  ['DynamoDB Local’s region', { AWS_REGION: 'local' }, /no known partition/],
  [
    'a flag that is neither true nor false',
    { AWS_USE_FIPS_ENDPOINT: 'yes' },
    /AWS_USE_FIPS_ENDPOINT is 'yes'/,
  ],
  [
    'an endpoint with FIPS',
    { AWS_ENDPOINT_URL: 'http://a', AWS_USE_FIPS_ENDPOINT: 'true' },
    /AWS_ENDPOINT_URL and AWS_USE_FIPS_ENDPOINT exclude/,
  ],
  [
    'an endpoint with dual stack',
    { AWS_ENDPOINT_URL_SQS: 'http://a', AWS_USE_DUALSTACK_ENDPOINT: 'true' },
    /AWS_ENDPOINT_URL_SQS and AWS_USE_DUALSTACK_ENDPOINT exclude/,
  ],
  ['an endpoint with a path', { AWS_ENDPOINT_URL: 'http://a/b' }, /without a path/],
  ['an endpoint with a password', { AWS_ENDPOINT_URL: 'http://u:secret@a' }, /without a path/],
  ['an endpoint of another protocol', { AWS_ENDPOINT_URL: 'ftp://a' }, /without a path/],
  ['an endpoint that is not a URL', { AWS_ENDPOINT_URL: 'a' }, /without a path/],
])('a function does not start with %s', (_what, variables, message) => {
  const find = () => endpointOf(services.sqs, { ...base, ...variables });

  expect(find).toThrow(AwsConfigurationError);
  expect(find).toThrow(message);
  expect(find).not.toThrow(/secret/);
});

it('a function does not start if it must call DynamoDB at the account’s endpoint', () => {
  const variables = { ...base, AWS_ACCOUNT_ID_ENDPOINT_MODE: 'required' };

  expect(() => endpointOf(services.dynamodb, variables)).toThrow(/AWS_ACCOUNT_ID_ENDPOINT_MODE/);
  expect(endpointOf(services.sqs, variables).region).toBe('us-east-1');
});

it('credentials come from the environment, with the session token of a role', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key' };

  expect(credentialsIn(keys)).toEqual({ accessKeyId: 'id', secretAccessKey: 'key' });
  expect(credentialsIn({ ...keys, AWS_SESSION_TOKEN: 'token' })).toMatchObject({ sessionToken: 'token' });
  for (const name of Object.keys(keys))
    expect(() => credentialsIn({ ...keys, [name]: '' })).toThrow(
      /AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY/,
    );
});
