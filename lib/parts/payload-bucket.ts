import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { payloadPrefixes } from '../../lambdas/domain/tables.ts';
import { payloads } from '../settings.ts';
import { acknowledge } from './acknowledge.ts';

/** The bucket for payloads that are too large for a message or an item: private, encrypted, TLS-only, an expiry for each prefix. */
export class PayloadBucket extends Bucket {
  constructor(scope: Construct, id: string, removalPolicy: RemovalPolicy, encryptionKey?: IKey) {
    super(scope, id, {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: encryptionKey ? BucketEncryption.KMS : BucketEncryption.S3_MANAGED,
      encryptionKey,
      // One call of KMS serves many objects.
      bucketKeyEnabled: encryptionKey && true,
      enforceSSL: true,
      removalPolicy,
      lifecycleRules: [
        { id: 'inbound', prefix: payloadPrefixes.inbound, expiration: payloads.inboundRetention },
        { id: 'outbound', prefix: payloadPrefixes.outbound, expiration: payloads.outboundRetention },
        { id: 'uploads', abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
    // The bucket stays TLS-only after it has left its stack.
    this.policy?.applyRemovalPolicy(removalPolicy);
    acknowledge(this, {
      id: 'AwsSolutions-S1',
      reason: 'Only functions of this stack read and write it, one object per event; their logs name each.',
    });
  }
}
