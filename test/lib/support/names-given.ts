import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { givenNames } from './template-diff.ts';

type Resource = Parameters<typeof givenNames>[0];

/** A reference to another resource of the stack, in JSON. */
const isOfStack = /"Ref":"(?!AWS::)|"Fn::GetAtt"/;

/**
 * The names that the template gives, and CloudFormation does not make, each as one that no other resource of the account may have.
 * That of an API is a label, which people read; a name with a reference, such as that of a route to its API, is within the stack.
 */
export function namesGivenIn(stack: Stack): string[] {
  const resources: Record<string, Resource> = Template.fromStack(stack).toJSON()['Resources'];
  return Object.values(resources).flatMap((resource) => {
    const { Type, Properties = {} } = resource;
    if (Type === 'AWS::ApiGatewayV2::Api') return [`API ${Properties['Name']}`];
    return givenNames(resource).map((name) => (isOfStack.test(name) ? `${stack.stackName} ${name}` : name));
  });
}
