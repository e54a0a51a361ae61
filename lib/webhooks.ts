import { RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { type IFunction, SystemLogLevel } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { keptIndex } from '../lambdas/domain/tables.ts';
import { tapQueuePrefix } from '../lambdas/domain/tap.ts';
import { addOutput, addOutputs } from './add-outputs.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { deploymentNameOf, markDeployment } from './deployment-name.ts';
import { InboundApi } from './inbound-api.ts';
import { InboundSource } from './inbound-source.ts';
import { ManagementApi } from './management-api.ts';
import { Monitoring } from './monitoring.ts';
import { Outbound } from './outbound.ts';
import type { OutboundProps } from './outbound-settings.ts';
import { PayloadBucket } from './parts/payload-bucket.ts';
import { RecordTable } from './parts/record-table.ts';
import { type CustomDomain, withPublicUrls } from './public-urls.ts';
import { defaultLogRetention } from './settings.ts';
import { SettingsError } from './settings-error.ts';
import { groupsOf, throttlesOf } from './source-groups.ts';
import type { Sources } from './source-props.ts';
import { sourceSecrets } from './source-secrets.ts';
import { checkSources } from './source-settings.ts';
import { checkAtSynth, warnOfSettings } from './stack-checks.ts';
import { outboundFacts, sourceFacts } from './stack-facts.ts';
import { maxTableUnits } from './table-units.ts';

export interface WebhooksProps {
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
  /** How events are sent to endpoints. @default - the defaults of OutboundProps */
  readonly outbound?: OutboundProps;
  /**
   * The file that exports your `handlers`, from the folder in which the app runs. It is bundled into the consumers, with what
   * it imports. @default - none: events are kept, and a handler that is added later gets them by a replay
   */
  readonly handlersRegistry?: string;
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
}

/** What a team may want hold of, of one source. Under `isolation: 'shared'` the sources have one queue, DLQ and consumer. */
export interface InboundParts {
  /** The function that runs the handlers. Grant it what they need: `orders.grantWriteData(hooks.inbound('stripe').consumer)`. */
  readonly consumer: IFunction;
  /** Verified events that wait for their handler. */
  readonly queue: IQueue;
  /** Events that their handler could not take. */
  readonly dlq: IQueue;
  /** The URL that the provider posts to. */
  readonly url: string;
  /** Allows a reader of `bodyS3` to get the objects that messages of this source name. docs/targets.md */
  grantReadBodies(reader: IGrantable): Grant;
}

/** The account id of the local AWS. */
const localAccount = '000000000000';

/** @throws SettingsError for `SNAPSHOT`, which queues, secrets, tables and buckets do not support */
function removalPolicyOf(dataRemoval: RemovalPolicy | undefined): RemovalPolicy {
  if (dataRemoval === RemovalPolicy.SNAPSHOT)
    throw new SettingsError(
      'dataRemoval is SNAPSHOT, which these resources do not support; leave it out to keep them, or set RemovalPolicy.DESTROY',
    );
  return dataRemoval ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;
}

/**
 * Webhooks in a stack of yours: sources, sending, the management API and alarms, and the stack's outputs with their URLs, ARNs and
 * names, which the `hookline` tool reads.
 *
 * @example
 * const hooks = new Webhooks(this, 'Hooks', { sources: { stripe: { provider: 'stripe' } } });
 * orders.grantWriteData(hooks.inbound('stripe').consumer);
 * hooks.grantPublish(app);
 */
export class Webhooks extends Construct {
  /** Publishing and delivery. `outbound.topic.grantPublish(app)` lets an app publish. */
  readonly outbound: Outbound;
  /** The API for endpoints, deliveries and events. `management.grantUse(app)` lets an app use it. */
  readonly management: ManagementApi;
  private readonly sources: ReadonlyMap<string, InboundSource>;
  private readonly baseUrl: string;

  constructor(scope: Construct, id: string, props: WebhooksProps) {
    super(scope, id);
    markDeployment(this);
    checkSources(props.sources);
    const sources = withPublicUrls(props.sources, props);
    warnOfSettings(this, sources, props.isolation);
    const removalPolicy = removalPolicyOf(props.dataRemoval);
    const { customDomain, handlersRegistry, systemLogLevel = SystemLogLevel.WARN } = props;
    const { logRetention = defaultLogRetention, outbound = {} } = props;
    const alarms = new AlarmTopic(this, 'Alarms', { email: props.alarmEmail });
    const shared = {
      payloads: new PayloadBucket(this, 'Payloads', removalPolicy),
      alarmAction: alarms.action,
      removalPolicy,
      functions: { handlersRegistry, logRetention, removalPolicy, systemLogLevel },
    };

    const groups = groupsOf(props.isolation, sources);
    const maxUnits = maxTableUnits(this, groups, props);
    const api = new InboundApi(this, 'Inbound', { logRetention, customDomain });
    const tableProps = { removalPolicy, maxUnitsPerSecond: maxUnits.inboundEvents, indexes: [keptIndex] };
    const events = new RecordTable(this, 'InboundEvents', tableProps);
    const secrets = sourceSecrets(this, sources, removalPolicy);
    const inbound = groups.map((group) => {
      const sourceProps = { ...group, ...shared, secrets, api: api.api, events };
      const source = new InboundSource(this, group.id, sourceProps);
      return { ...group, source, routeKeys: source.routeKeys };
    });
    api.publish(throttlesOf(inbound));
    this.baseUrl = api.baseUrl;
    this.sources = new Map(
      inbound.flatMap(({ source, sources }) => Object.keys(sources).map((name) => [name, source] as const)),
    );

    this.outbound = new Outbound(this, 'Outbound', {
      ...shared,
      outbound,
      maxTableUnits: maxUnits,
      localEndpoints: this.localEndpoints(),
      deadLetterQueues: inbound.map(({ source }) => source.work.dlq),
    });
    const managed = { inbound: this.sources, inboundEvents: events, outbound: this.outbound };
    this.management = new ManagementApi(this, 'Management', { ...shared, ...managed });
    this.watch(api, sources, alarms);
    checkAtSynth(this);
    this.addOutputs({ sources, events, payloads: shared.payloads, alarms });
  }

  /**
   * The parts of one source.
   *
   * @throws SettingsError when `sources` does not name it
   */
  inbound(source: string): InboundParts {
    const inbound = this.inboundOf(source);
    const { queue, dlq } = inbound.work;
    return {
      consumer: inbound.consume,
      queue,
      dlq,
      url: `${this.baseUrl}/webhooks/${source}`,
      grantReadBodies: (reader) => inbound.grantReadBodies(reader, source),
    };
  }

  /** Allows an app to publish events, to the topic and to its queue. */
  grantPublish(app: IGrantable): void {
    this.outbound.topic.grantPublish(app);
    this.outbound.publishing.queue.grantSendMessages(app);
  }

  /** Allows an app to use the whole management API. */
  grantManage(app: IGrantable): void {
    this.management.grantUse(app);
  }

  private inboundOf(source: string): InboundSource {
    const found = this.sources.get(source);
    if (found !== undefined) return found;
    throw new SettingsError(
      `there is no source '${source}'; the sources are ${[...this.sources.keys()].join(', ')}`,
    );
  }

  private watch(api: InboundApi, sources: Sources, alarms: AlarmTopic): void {
    const { outbound, management } = this;
    const inbound = [...new Set(this.sources.values())];
    new Monitoring(this, 'Monitoring', {
      api,
      sources,
      inbound,
      outbound,
      management,
      alarmAction: alarms.action,
    });
  }

  /** Allows http endpoints only with the context that `npm start` sets, and only in the account of the local AWS. */
  private localEndpoints(): boolean {
    if (String(this.node.tryGetContext('hookline:localEndpoints')) !== 'true') return false;
    const { account: known } = Stack.of(this);
    if (known === localAccount) return true;
    const account = Token.isUnresolved(known) ? 'not known (set `env`)' : known;
    throw new SettingsError(
      `the context hookline:localEndpoints is only for the local AWS, account ${localAccount}, but this stack's account is ${account}; remove the context`,
    );
  }

  private addOutputs(facts: {
    readonly sources: Sources;
    readonly events: RecordTable;
    readonly payloads: PayloadBucket;
    readonly alarms: AlarmTopic;
  }): void {
    const { outbound } = this;
    addOutputs(this, {
      inboundBaseUrl: this.baseUrl,
      managementUrl: this.management.api.apiEndpoint,
      ...outboundFacts(outbound),
      payloadBucket: facts.payloads.bucketName,
      tapQueuePrefix: tapQueuePrefix(deploymentNameOf(this)),
      inboundEventsTable: facts.events.tableName,
      sources: Object.fromEntries(
        Object.entries(facts.sources).map(([name, source]) => [
          name,
          sourceFacts(name, source, this.baseUrl, this.inboundOf(name)),
        ]),
      ),
    });
    addOutput(this, 'AlarmTopicArn', facts.alarms.topic.topicArn);
  }
}
