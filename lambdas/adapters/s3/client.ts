import { S3Client } from '@aws-sdk/client-s3';
import { type CallBounds, clientConfig } from '../call-bounds.ts';

/** AWS asks for the bucket in the host's name; an endpoint of one's own rarely has DNS names for buckets. */
export const s3Client = (bounds: CallBounds): S3Client =>
  new S3Client({ ...clientConfig(bounds), forcePathStyle: hasOwnEndpoint() });

/** As the SDK reads it. */
function hasOwnEndpoint(): boolean {
  // biome-ignore lint/style/noProcessEnv: the SDK reads its endpoint from here, and exposes it only after the first call.
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  return Boolean(AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL);
}
