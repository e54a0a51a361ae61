/** A service that the functions call without the SDK. */
export interface AwsService {
  /** Its name in signatures and host names. */
  readonly name: 'dynamodb' | 'sqs' | 'secretsmanager' | 'events' | 'states' | 'lambda';
  /** The end of its own variable, `AWS_ENDPOINT_URL_…`. */
  readonly variable: string;
  readonly contentType: string;
  /** GovCloud's regions whose plain endpoint complies with FIPS, and has no other name. @default none */
  readonly plainFips?: RegExp;
}

/** A service that speaks AWS's JSON protocol. */
export interface JsonService extends AwsService {
  /** The first part of `x-amz-target`, before the action. */
  readonly target: string;
}

export const services = {
  dynamodb: {
    name: 'dynamodb',
    variable: 'DYNAMODB',
    target: 'DynamoDB_20120810',
    contentType: 'application/x-amz-json-1.0',
    plainFips: /^us-gov-/,
  },
  sqs: {
    name: 'sqs',
    variable: 'SQS',
    target: 'AmazonSQS',
    contentType: 'application/x-amz-json-1.0',
    plainFips: /^us-gov-/,
  },
  secretsmanager: {
    name: 'secretsmanager',
    variable: 'SECRETS_MANAGER',
    target: 'secretsmanager',
    contentType: 'application/x-amz-json-1.1',
  },
} as const satisfies Readonly<Record<string, JsonService>>;
