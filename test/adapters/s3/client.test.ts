import { afterEach, expect, test, vi } from 'vitest';
import { quickCalls } from '../../../lambdas/adapters/call-bounds.ts';
import { s3Client } from '../../../lambdas/adapters/s3/client.ts';

afterEach(() => vi.unstubAllEnvs());

test.each([
  ['AWS', {}, false],
  ['an endpoint for all services', { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, true],
  ['an endpoint for S3', { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9000' }, true],
  ['a variable that is empty', { AWS_ENDPOINT_URL: '' }, false],
])('the S3 client puts the bucket into the path with a custom endpoint only: %s', (_, env, isInPath) => {
  vi.stubEnv('AWS_ENDPOINT_URL', undefined);
  vi.stubEnv('AWS_ENDPOINT_URL_S3', undefined);
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);

  expect(s3Client(quickCalls).config.forcePathStyle).toBe(isInPath);
});
