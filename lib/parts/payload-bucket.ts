import { Duration, type RemovalPolicy, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { payloadPrefixes } from '../../lambdas/domain/tables.ts';

/** Bodies and payloads too large for a message or an item; they go by themselves, after everything that may need them. */
export function payloadBucket(scope: Construct, id: string, removal: RemovalPolicy): Bucket {
  const bucket = new Bucket(scope, id, {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: removal,
    lifecycleRules: [
      { prefix: payloadPrefixes.inbound, expiration: Duration.days(35) },
      { prefix: payloadPrefixes.outbound, expiration: Duration.days(100) },
      { abortIncompleteMultipartUploadAfter: Duration.days(1) },
    ],
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'Only the stack’s own functions have access; what they do is in their logs.',
  });
  return bucket;
}
