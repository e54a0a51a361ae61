import { Annotations, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/**
 * Lets the services that have no role of ours use the key: CloudWatch Logs for the log groups of the account, SNS for deliveries to
 * encrypted queues, and CloudWatch for alarms to the encrypted topic. Everything else uses it by the permissions of a role.
 *
 * No statement names a resource of the stack, because these name the key: CloudFormation could create neither first.
 *
 * @see docs/network.md for the policy of a key that this app does not make
 */
export function allowServices(deployment: Construct, key: IKey): void {
  const added = servicePolicies(Stack.of(deployment)).map((statement) => key.addToResourcePolicy(statement));
  if (added.every(({ statementAdded }) => statementAdded)) return;
  Annotations.of(deployment).addWarningV2(
    'hookline:encryption-key-policy',
    'encryptionKey: this app does not make the key, so its policy stays as it is; it must let CloudWatch Logs, SNS and CloudWatch use the key (docs/network.md has the policy)',
  );
}

function servicePolicies(stack: Stack): PolicyStatement[] {
  const { partition, region, account } = stack;
  const using = ['kms:Decrypt', 'kms:GenerateDataKey*'];
  return [
    new PolicyStatement({
      principals: [new ServicePrincipal(`logs.${region}.amazonaws.com`)],
      actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:log-group:*`,
        },
      },
    }),
    new PolicyStatement({
      principals: [new ServicePrincipal('sns.amazonaws.com')],
      actions: using,
      resources: ['*'],
      conditions: { ArnLike: { 'aws:SourceArn': `arn:${partition}:sns:${region}:${account}:*` } },
    }),
    // The topic's own policy lets in alarms of this account only.
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: using,
      resources: ['*'],
    }),
  ];
}
