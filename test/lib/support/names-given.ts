import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { givenNames } from './template-diff.ts';

type Resource = Parameters<typeof givenNames>[0];

/**
 * The names that the template gives, and CloudFormation does not make, each as one that no other resource of the account may have.
 * That of an API is a label, which people read; a stage or a route has its name within an API of the stack.
 */
export function namesGivenIn(stack: Stack): string[] {
  const resources: Record<string, Resource> = Template.fromStack(stack).toJSON()['Resources'];
  return Object.values(resources).flatMap((resource) => {
    const { Type, Properties = {} } = resource;
    if (Type === 'AWS::ApiGatewayV2::Api') return [`API ${Properties['Name']}`];
    return givenNames(resource).map((name) => ('ApiId' in Properties ? `${stack.stackName} ${name}` : name));
  });
}
