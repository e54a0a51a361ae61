import { App, RemovalPolicy } from 'aws-cdk-lib';
import { CfnPolicy } from 'aws-cdk-lib/aws-iam';
import { WebhookStack } from '../../lib/webhook-stack.ts';

// What a forgotten grant looks like: the receiver may not send to its queue.

const app = new App({ builtinCloudFormationValidation: false });
const stack = new WebhookStack(app, 'WithoutGrant', {
  env: { account: process.env['CDK_DEFAULT_ACCOUNT'], region: process.env['CDK_DEFAULT_REGION'] },
  sources: { stripe: { provider: 'stripe' } },
  dataRemoval: RemovalPolicy.DESTROY,
});

const mayNotSend = (policy: CfnPolicy): void => {
  const { Statement } = stack.resolve(policy.policyDocument);
  const kept = Statement.filter((statement: { Action: unknown }) => statement.Action !== 'sqs:SendMessage');
  policy.addPropertyOverride('PolicyDocument.Statement', kept);
};
for (const node of stack.node.findAll()) {
  if (node instanceof CfnPolicy && node.node.path.includes('ReceiveRole')) mayNotSend(node);
}
