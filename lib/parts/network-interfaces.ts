import { Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { acknowledge } from './acknowledge.ts';

/** What Lambda does with a function's role to connect it to a VPC. EC2 has no resources for some of these actions. */
const interfaces = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Lets Lambda connect a function to a VPC with its role, and denies the same to the function's own code.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
 */
export function allowInterfaces(role: Role): void {
  const functions = Stack.of(role).formatArn({
    service: 'lambda',
    resource: 'function:*',
  });
  role.addToPolicy(new PolicyStatement({ actions: interfaces, resources: ['*'] }));
  role.addToPolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: interfaces,
      resources: ['*'],
      conditions: { ArnLike: { 'lambda:SourceFunctionArn': functions } },
    }),
  );
  acknowledge(role, {
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      "Lambda makes the function's network interfaces; EC2 has no resource for them before. The code is denied it.",
  });
}
