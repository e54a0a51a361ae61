import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * Bounds for every AWS call. The SDK has no request timeout by default, and an exceeded one only logs unless
 * `throwOnRequestTimeout` is set.
 *
 * @see https://github.com/smithy-lang/smithy-typescript/tree/main/packages/node-http-handler
 */
export interface CallBounds {
  readonly connectionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly maxAttempts: number;
}

/** For the receiver: the strictest providers hang up after 3 s. */
export const quickCalls: CallBounds = { connectionTimeoutMs: 300, requestTimeoutMs: 800, maxAttempts: 2 };

/** For queue workers: SQS gives a failed message back. */
export const patientCalls: CallBounds = { connectionTimeoutMs: 1000, requestTimeoutMs: 5000, maxAttempts: 4 };

const clientConfig = (bounds: CallBounds) => ({
  maxAttempts: bounds.maxAttempts,
  requestHandler: {
    connectionTimeout: bounds.connectionTimeoutMs,
    requestTimeout: bounds.requestTimeoutMs,
    throwOnRequestTimeout: true,
  },
});

export const sqsClient = (bounds: CallBounds): SQSClient => new SQSClient(clientConfig(bounds));
export const s3Client = (bounds: CallBounds): S3Client =>
  // Path style works on AWS and on every S3 that has no wildcard DNS.
  new S3Client({ ...clientConfig(bounds), forcePathStyle: true });
export const secretsClient = (bounds: CallBounds): SecretsManagerClient =>
  new SecretsManagerClient(clientConfig(bounds));
export const dynamoClient = (bounds: CallBounds): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig(bounds)), {
    marshallOptions: { removeUndefinedValues: true },
  });
