import { CfnElement, Duration, type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { payloadPrefixes } from '../../lambdas/domain/tables.ts';
import type { NodeLambda } from './node-lambda.ts';

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

/** Allows these actions on the objects of one flow, and on no others. */
export function allowObjects(
  fn: NodeLambda,
  actions: readonly string[],
  bucket: Bucket,
  flow: keyof typeof payloadPrefixes,
): void {
  const objects = `${payloadPrefixes[flow]}*`;
  fn.allow(actions, [bucket.arnForObjects(objects)]);
  const { defaultChild } = bucket.node;
  const id = CfnElement.isCfnElement(defaultChild) ? Stack.of(bucket).getLogicalId(defaultChild) : '';
  Validations.of(fn.executionRole).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${id}.Arn>/${objects}]`,
    reason: 'Keys are made as payloads come; the prefix is this flow’s own.',
  });
}
