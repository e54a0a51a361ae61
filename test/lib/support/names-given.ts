import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

const nameKeys = [
  'Name',
  'FunctionName',
  'QueueName',
  'TopicName',
  'TableName',
  'BucketName',
  'LogGroupName',
  'AlarmName',
  'RoleName',
];

/** The names that the template gives, and CloudFormation does not make. */
export function namesGivenIn(stack: Stack): unknown[] {
  const resources: Record<string, { Properties?: Record<string, unknown> }> =
    Template.fromStack(stack).toJSON()['Resources'];
  return Object.values(resources).flatMap(({ Properties = {} }) =>
    nameKeys.map((key) => Properties[key]).filter((name) => typeof name === 'string'),
  );
}
