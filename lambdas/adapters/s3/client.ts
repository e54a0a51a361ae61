import { S3Client } from '@aws-sdk/client-s3';
import type { CallBounds } from '../call-bounds.ts';
import { clientConfig } from '../sdk-config.ts';

/** Uses path-style URLs with a custom endpoint, which rarely has DNS names for buckets; AWS needs the bucket in the host. */
export const s3Client = (bounds: CallBounds): S3Client =>
  new S3Client({ ...clientConfig(bounds), forcePathStyle: hasCustomEndpoint() });

/** Whether the SDK uses a custom endpoint. */
function hasCustomEndpoint(): boolean {
  // biome-ignore lint/style/noProcessEnv: the SDK reads its endpoint from here, and exposes it only after the first call.
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  return Boolean(AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL);
}
