import { S3Client } from '@aws-sdk/client-s3';
import { type CallBounds, clientConfig } from './call-bounds.ts';

/** Path style works on AWS and on every S3 that has no wildcard DNS. */
export const s3Client = (bounds: CallBounds): S3Client =>
  new S3Client({ ...clientConfig(bounds), forcePathStyle: true });
