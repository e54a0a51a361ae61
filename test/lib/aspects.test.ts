import { Aspects, CfnResource, type IAspect, Stack, TagManager, Tags } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { describe, expect, test } from 'vitest';
import { InboundWebhooks } from '../../lib/inbound-webhooks.ts';
import { OutboundWebhooks } from '../../lib/outbound-webhooks.ts';
import { Webhooks } from '../../lib/webhooks.ts';
import { quickApp, threeSources } from './support/synth.ts';

const boundaryArn = 'arn:aws:iam::111122223333:policy/Boundary';

interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}
const resourcesOf = (stack: Stack): [string, Resource][] =>
  Object.entries(Template.fromStack(stack).toJSON()['Resources']);

/** Every kind of deployment, with everything that makes more resources. */
function everything(): Stack {
  const stack = new Stack(quickApp(), 'Shop');
  const encryptionKey = new Key(stack, 'Key');
  const shared = { sources: threeSources, encryptionKey, alarmEmail: 'oncall@example.com' };
  new Webhooks(stack, 'Hooks', { ...shared, isolation: 'shared' });
  new InboundWebhooks(stack, 'Partners', shared);
  new OutboundWebhooks(stack, 'Customers');
  return stack;
}

describe('what a team puts on a stack is on all of Hookline:', () => {
  test('a permissions boundary is on every role', () => {
    const stack = everything();
    PermissionsBoundary.of(stack).apply(ManagedPolicy.fromManagedPolicyArn(stack, 'Boundary', boundaryArn));

    const roles = resourcesOf(stack).filter(([, { Type }]) => Type === 'AWS::IAM::Role');

    expect(roles.length).toBeGreaterThan(15);
    for (const [id, { Properties }] of roles)
      expect(Properties?.['PermissionsBoundary'], id).toBe(boundaryArn);
  });

  test('a tag is on every resource that can have one', () => {
    const stack = everything();
    Tags.of(stack).add('cost-centre', 'webhooks');
    const resources = new Map(resourcesOf(stack));

    const taggable = stack.node
      .findAll()
      .filter((node) => CfnResource.isCfnResource(node))
      .filter((node) => TagManager.of(node) !== undefined)
      .map((node) => String(stack.resolve(node.logicalId)));

    expect(taggable.length).toBeGreaterThan(60);
    for (const id of taggable)
      expect(JSON.stringify(resources.get(id)?.Properties?.['Tags'] ?? ''), id).toContain('cost-centre');
  });

  test('an Aspect may change every log group, and sees every function', () => {
    const stack = everything();
    const seen = new Set<string>();
    const longer: IAspect = {
      visit(node: IConstruct) {
        if (CfnResource.isCfnResource(node)) seen.add(node.cfnResourceType);
        if (node instanceof CfnLogGroup) node.retentionInDays = 731;
      },
    };
    Aspects.of(stack).add(longer);

    Template.fromStack(stack).allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 731 });
    expect(seen).toContain('AWS::Lambda::Function');
  });

  test('nothing comes with a function or a role that is not a construct of Hookline, such as a custom resource', () => {
    const types = new Set(resourcesOf(everything()).map(([, { Type }]) => Type));
    const functions = resourcesOf(everything()).filter(([, { Type }]) => Type === 'AWS::Lambda::Function');

    expect([...types].filter((type) => /^Custom::|CustomResource/.test(type))).toEqual([]);
    for (const [, { Properties }] of functions) expect(Properties?.['Runtime']).toBe('nodejs24.x');
  });
});
