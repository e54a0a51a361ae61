import { RemovalPolicy } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { SystemLogLevel } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic.ts';
import type { DeploymentProps, InboundWebhooksProps } from './deployment-props.ts';
import { checkedLambda } from './lambda-props.ts';
import type { FunctionDefaults } from './parts/node-lambda.ts';
import { PayloadBucket } from './parts/payload-bucket.ts';
import { defaultLogRetention } from './settings.ts';
import { SettingsError } from './settings-error.ts';
import type { UnitsByTable } from './table-units.ts';

/** What the inbound and the outbound part of a deployment share. */
export interface SharedParts {
  readonly payloads: PayloadBucket;
  readonly alarmAction: IAlarmAction;
  readonly removalPolicy: RemovalPolicy;
  readonly functions: FunctionDefaults;
  /** The team's key. @default - keys of the services */
  readonly encryptionKey?: IKey;
  readonly maxTableUnits: UnitsByTable;
}

/** @throws SettingsError when a setting has a value that the resources do not support */
export function sharedParts(
  deployment: Construct,
  props: DeploymentProps & Pick<InboundWebhooksProps, 'handlersRegistry'>,
  alarms: AlarmTopic,
  maxTableUnits: UnitsByTable,
): SharedParts {
  const removalPolicy = removalPolicyOf(props.dataRemoval);
  const { handlersRegistry, systemLogLevel = SystemLogLevel.WARN, encryptionKey } = props;
  const { logRetention = defaultLogRetention } = props;
  return {
    payloads: new PayloadBucket(deployment, 'Payloads', removalPolicy, encryptionKey),
    alarmAction: alarms.action,
    removalPolicy,
    functions: {
      handlersRegistry,
      logRetention,
      removalPolicy,
      systemLogLevel,
      encryptionKey,
      lambda: checkedLambda(props.lambda),
    },
    encryptionKey,
    maxTableUnits,
  };
}

/** @throws SettingsError for `SNAPSHOT`, which queues, secrets, tables and buckets do not support */
function removalPolicyOf(dataRemoval: RemovalPolicy | undefined): RemovalPolicy {
  if (dataRemoval === RemovalPolicy.SNAPSHOT)
    throw new SettingsError(
      'dataRemoval is SNAPSHOT, which these resources do not support; leave it out to keep them, or set RemovalPolicy.DESTROY',
    );
  return dataRemoval ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
}
