import { expect, test } from 'vitest';
import { awsEnvironment } from '../../local/endpoint.ts';

test("the user's own AWS configuration does not reach programs that run against the local AWS", () => {
  const own = {
    PATH: '/bin',
    AWS_PROFILE: 'production',
    AWS_SESSION_TOKEN: 'real',
    AWS_ACCESS_KEY_ID: 'real',
    AWS_ENDPOINT_URL_SQS: 'https://elsewhere',
    AWS_CA_BUNDLE: '/old.pem',
  };

  expect(awsEnvironment({ url: 'http://127.0.0.1:1' }, own)).toEqual({
    PATH: '/bin',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
});
