/** A service that speaks AWS's JSON protocol. */
export interface AwsService {
  /** Its name in signatures and host names. */
  readonly name: 'dynamodb' | 'sqs' | 'secretsmanager';
  /** The end of its own variable, `AWS_ENDPOINT_URL_…`. */
  readonly variable: string;
  /** The first part of `x-amz-target`, before the action. */
  readonly target: string;
  readonly contentType: string;
}

export const services = {
  dynamodb: {
    name: 'dynamodb',
    variable: 'DYNAMODB',
    target: 'DynamoDB_20120810',
    contentType: 'application/x-amz-json-1.0',
  },
  sqs: {
    name: 'sqs',
    variable: 'SQS',
    target: 'AmazonSQS',
    contentType: 'application/x-amz-json-1.0',
  },
  secretsmanager: {
    name: 'secretsmanager',
    variable: 'SECRETS_MANAGER',
    target: 'secretsmanager',
    contentType: 'application/x-amz-json-1.1',
  },
} as const satisfies Readonly<Record<string, AwsService>>;
