import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';

/** How often a function runs. */
type Rate = '1 minute' | '30 minutes';

interface RateScheduleProps {
  readonly lambda: IFunction;
  readonly rate: Rate;
  /** The key of the schedule's definition. @default - one that AWS owns */
  readonly encryptionKey: IKey | undefined;
}

/** schedule → λ, without retries: the next run does the same work, and retries would pile up */
export class RateSchedule extends Construct {
  constructor(scope: Construct, id: string, { lambda, rate, encryptionKey }: RateScheduleProps) {
    super(scope, id);
    const conditions = { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions }),
    });
    // `grantInvoke` would add every version and alias.
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [lambda.functionArn] }),
    );
    if (encryptionKey !== undefined) this.allowDecryption(role, encryptionKey);
    new CfnSchedule(this, 'Schedule', {
      scheduleExpression: `rate(${rate})`,
      flexibleTimeWindow: { mode: 'OFF' },
      kmsKeyArn: encryptionKey?.keyArn,
      target: {
        arn: lambda.functionArn,
        roleArn: role.roleArn,
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      },
    }).node.addDependency(role);
  }

  /** EventBridge Scheduler reads a schedule with its role. The context has the schedule's name, which CloudFormation makes. */
  private allowDecryption(role: Role, key: IKey): void {
    const schedules = Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: 'default/*',
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['kms:Decrypt'],
        resources: [key.keyArn],
        conditions: { ArnLike: { 'kms:EncryptionContext:aws:scheduler:schedule:arn': schedules } },
      }),
    );
  }
}
