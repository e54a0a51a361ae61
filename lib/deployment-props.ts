import type { RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { SystemLogLevel } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { problemWithGiven, type SettingKind } from './given-settings.ts';
import type { LambdaProps } from './lambda-props.ts';
import type { OutboundProps } from './outbound-settings.ts';
import type { CustomDomain } from './public-urls.ts';
import { SettingsError } from './settings-error.ts';
import type { Sources } from './source-props.ts';

/** What every deployment may set. */
export interface DeploymentProps {
  /** The address that gets a mail for each alarm, once it has confirmed the subscription. @default - none; subscribe to the alarm topic */
  readonly alarmEmail?: string;
  /**
   * What happens to queues, tables, payloads, secrets and logs that leave the stack. By default they stay, even when a source
   * is removed, and tables are protected from deletion. `RemovalPolicy.DESTROY` deletes them, for stacks without production
   * data; `cdk destroy` stops at the bucket until it is empty (`aws s3 rm s3://BUCKET --recursive`).
   *
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly dataRemoval?: RemovalPolicy;
  /** How long the logs of functions and APIs are kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /**
   * Which of Lambda's own log lines are written. `SystemLogLevel.INFO` adds the start and the report of each invocation, with its
   * billed duration and memory. docs/cost.md says what that costs. @default SystemLogLevel.WARN
   */
  readonly systemLogLevel?: SystemLogLevel;
  /**
   * The most request units a second of each table, for reads and for writes. It bounds the cost of a runaway loop; DynamoDB
   * throttles what exceeds it, and events wait. @default - by table, what the consumers, publish and deliver functions can
   * cause with their maximum concurrency, from 4,000 to 40,000 (docs/scale.md)
   */
  readonly maxTableUnitsPerSecond?: number;
  /**
   * Your KMS key for everything that holds data: tables, bucket, queues, topics, secrets, logs, schedules and the environments of
   * functions. It must be symmetric and of the stack's region. Its policy is completed if this app makes the key; docs/network.md has
   * the policy of one that it does not, and docs/cost.md what calls of KMS cost. @default - keys of the services, which cost nothing
   */
  readonly encryptionKey?: IKey;
  /** What every function gets, for tools such as Datadog or OpenTelemetry. @default - nothing */
  readonly lambda?: LambdaProps;
}

/** A deployment that receives webhooks. */
export interface InboundWebhooksProps extends DeploymentProps {
  /** The senders of webhooks, by name. The name is the last segment of the source's URL. At least one. */
  readonly sources: Sources;
  /**
   * `per-source`: each source has its own receiver, queue, consumer and permissions. `shared`: all sources share one of each;
   * choose it for many small sources, which would exceed CloudFormation's 500 resources. @default 'per-source'
   */
  readonly isolation?: 'per-source' | 'shared';
  /** Your own domain in front of the inbound API. You make its DNS record. @default - none */
  readonly customDomain?: CustomDomain;
  /**
   * The URL before `/webhooks/<source>` that providers know, e.g. `https://hooks.example.com`. Set it if a proxy or CDN receives
   * the requests, because some providers sign the URL. @default - the custom domain, else the URL of each request
   */
  readonly publicBaseUrl?: string;
  /**
   * The file that exports your `handlers`, from the folder in which the app runs. It is bundled into the consumers, with what
   * it imports. @default - none: events are kept, and a handler that is added later gets them by a replay
   */
  readonly handlersRegistry?: string;
}

/** A deployment that sends webhooks. */
export interface OutboundWebhooksProps extends DeploymentProps {
  /** How events are sent to endpoints. @default - the defaults of OutboundProps */
  readonly outbound?: OutboundProps;
}

/** A deployment that does both. */
export interface WebhooksProps extends InboundWebhooksProps, OutboundWebhooksProps {}

type Kinds<Props> = Readonly<Record<keyof Props, SettingKind>>;

const common: Kinds<DeploymentProps> = {
  alarmEmail: 'any',
  dataRemoval: 'any',
  logRetention: 'any',
  systemLogLevel: 'any',
  maxTableUnitsPerSecond: 'any',
  encryptionKey: 'any',
  lambda: 'any',
};

/** The settings of each construct; other names are refused. */
const settingsOf = {
  InboundWebhooks: {
    ...common,
    sources: 'any',
    isolation: 'any',
    customDomain: 'any',
    publicBaseUrl: 'any',
    handlersRegistry: 'any',
  } satisfies Kinds<InboundWebhooksProps>,
  OutboundWebhooks: { ...common, outbound: 'any' } satisfies Kinds<OutboundWebhooksProps>,
};

const constructs: Readonly<Record<DeploymentKind, Readonly<Record<string, SettingKind>>>> = {
  ...settingsOf,
  Webhooks: { ...settingsOf.InboundWebhooks, ...settingsOf.OutboundWebhooks } satisfies Kinds<WebhooksProps>,
};

/** The construct that makes a deployment. */
export type DeploymentKind = 'Webhooks' | 'InboundWebhooks' | 'OutboundWebhooks';

/** @throws SettingsError naming the settings that this construct does not have */
export function checkProps(kind: DeploymentKind, props: object): void {
  const problem = problemWithGiven(constructs[kind], props);
  if (problem !== undefined) throw new SettingsError(`${kind}: ${problem}`);
}
