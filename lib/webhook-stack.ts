import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnStage, HttpApi, IpAddressType } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { keptIndex } from '../lambdas/domain/tables.ts';
import { InboundSource } from './inbound-source.ts';
import { Monitoring } from './monitoring.ts';
import { Outbound } from './outbound.ts';
import { addOutputs, type SourceFacts } from './outputs.ts';
import { defaultHandlersRegistry } from './parts/bundle.ts';
import type { FunctionDefaults } from './parts/node-lambda.ts';
import { payloadBucket } from './parts/payload-bucket.ts';
import { recordTable } from './parts/record-table.ts';
import { defaultThrottle, type OutboundProps, SettingsError, type SourceProps } from './settings.ts';

export interface WebhookStackProps extends StackProps {
  /** The senders, by name; a name is also the last segment of its URL. */
  readonly sources: Readonly<Record<string, SourceProps>>;
  /** How events are sent. @default the defaults of each setting */
  readonly outbound?: OutboundProps;
  /** `shared`: one receiver, queue and consumer for many small sources. @default 'per-source' */
  readonly isolation?: 'per-source' | 'shared';
  /** The file that exports the team's `handlers`. @default lambdas/handlers/registry.ts */
  readonly handlersRegistry?: string;
  /** Who gets the alarms. @default nobody: subscribe to the alarm topic yourself */
  readonly alarmEmail?: string;
  /** What becomes of tables, bodies and secrets when the stack is deleted. @default RETAIN */
  readonly dataRemoval?: RemovalPolicy;
  /** @default one month */
  readonly logRetention?: RetentionDays;
}

/** CloudFormation's limit is 500; what is left is room for the next source. */
const maxResources = 450;

/** Inbound sources + outbound + monitoring. */
export class WebhookStack extends Stack {
  readonly api: HttpApi;
  readonly events: TableV2;
  readonly outbound: Outbound;
  /** By source name; under `isolation: 'shared'` all are the same. */
  readonly inbound: Readonly<Record<string, InboundSource>>;

  constructor(scope: Construct, id: string, props: WebhookStackProps) {
    super(scope, id, props);
    const dataRemoval = props.dataRemoval ?? RemovalPolicy.RETAIN;
    const functions: FunctionDefaults = {
      handlersRegistry: props.handlersRegistry ?? defaultHandlersRegistry,
      logRetention: props.logRetention ?? RetentionDays.ONE_MONTH,
      logRemoval: RemovalPolicy.DESTROY,
    };
    const alarmAction = this.alarmTopic(props.alarmEmail);
    const payloads = payloadBucket(this, 'Payloads', dataRemoval);

    this.api = new HttpApi(this, 'Api', {
      createDefaultStage: false,
      ipAddressType: IpAddressType.DUAL_STACK,
    });
    this.events = recordTable(this, 'InboundEvents', { removal: dataRemoval, index: keptIndex });
    const shared = { api: this.api, events: this.events, payloads, alarmAction, dataRemoval, functions };
    this.inbound = this.addSources(props, shared);
    this.addStage(props, functions);

    this.outbound = new Outbound(this, 'Outbound', {
      outbound: props.outbound ?? {},
      localEndpoints: this.localEndpoints(),
      payloads,
      alarmAction,
      dataRemoval,
      functions,
    });
    new Monitoring(this, 'Monitoring', {
      api: this.api,
      inbound: this.inbound,
      outbound: this.outbound,
      alarmAction,
    });
    this.addOutputs(props, payloads);
    this.node.addValidation({ validate: () => this.tooManyResources() });
  }

  /** The function that runs a source's handlers: grant it what they need. */
  consumer(source: string): IFunction {
    const inbound = this.inbound[source];
    if (inbound === undefined)
      throw new SettingsError(`no source '${source}'; there are ${Object.keys(this.inbound).join(', ')}`);
    return inbound.consume;
  }

  private addSources(
    props: WebhookStackProps,
    common: Omit<ConstructorParameters<typeof InboundSource>[2], 'sources' | 'path'>,
  ) {
    const names = Object.keys(props.sources);
    if (names.length === 0) return {};
    if (props.isolation !== 'shared') {
      return Object.fromEntries(
        Object.entries(props.sources).map(([name, source]) => [
          name,
          new InboundSource(this, `Source-${name}`, { ...common, sources: { [name]: source }, path: name }),
        ]),
      );
    }
    const all = new InboundSource(this, 'Sources', { ...common, sources: props.sources, path: '{source}' });
    return Object.fromEntries(names.map((name) => [name, all]));
  }

  /** $default, with access logs and a throttle for each route: sources share the account's Lambda concurrency. */
  private addStage(props: WebhookStackProps, functions: FunctionDefaults): void {
    const logGroup = new LogGroup(this, 'AccessLogs', {
      retention: functions.logRetention,
      removalPolicy: functions.logRemoval,
    });
    const throttles = Object.entries(this.inbound).map(([name, { routeKey }]) => {
      const throttle = props.sources[name]?.throttle ?? defaultThrottle;
      return [routeKey, { ThrottlingRateLimit: throttle.rate, ThrottlingBurstLimit: throttle.burst }];
    });
    const stage = new CfnStage(this, 'Stage', {
      apiId: this.api.apiId,
      stageName: '$default',
      autoDeploy: true,
      accessLogSettings: { destinationArn: logGroup.logGroupArn, format: accessLogFormat },
      defaultRouteSettings: {
        throttlingRateLimit: defaultThrottle.rate,
        throttlingBurstLimit: defaultThrottle.burst,
      },
      routeSettings: Object.fromEntries(throttles),
    });
    // A route's settings need the route.
    for (const source of new Set(Object.values(this.inbound))) stage.node.addDependency(source);
  }

  /** Not KMS-encrypted: CloudWatch cannot publish through the AWS-managed key, and an alarm carries no payload. */
  private alarmTopic(email: string | undefined): IAlarmAction {
    const topic = new Topic(this, 'Alarms', { enforceSSL: true });
    if (email !== undefined) topic.addSubscription(new EmailSubscription(email));
    return new SnsAction(topic);
  }

  /** http to loopback is for the emulator's account alone. */
  private localEndpoints(): boolean {
    if (String(this.node.tryGetContext('hookline:localEndpoints') ?? false) !== 'true') return false;
    if (this.account === '000000000000') return true;
    throw new SettingsError(
      `hookline:localEndpoints is set for account ${this.account}; it opens http to loopback and is for the local AWS (000000000000) only`,
    );
  }

  private addOutputs(props: WebhookStackProps, payloads: Bucket): void {
    const { outbound } = this;
    addOutputs(this, {
      apiId: this.api.apiId,
      inboundBaseUrl: this.api.apiEndpoint,
      topicArn: outbound.topic.topicArn,
      signingSecretArn: outbound.signingSecret.secretArn,
      payloadBucket: payloads.bucketName,
      publishQueueUrl: outbound.publishing.queue.queueUrl,
      deliveryQueueUrl: outbound.delivering.queue.queueUrl,
      publishDlqUrl: outbound.publishing.dlq.queueUrl,
      deliveryDlqUrl: outbound.delivering.dlq.queueUrl,
      subscriptionDlqUrl: outbound.subscriptionDlq.queueUrl,
      inboundEventsTable: this.events.tableName,
      outboundEventsTable: outbound.events.tableName,
      deliveriesTable: outbound.deliveries.tableName,
      sources: Object.fromEntries(
        Object.entries(this.inbound).map(([name, inbound]) => [name, this.factsOf(name, inbound, props)]),
      ),
    });
  }

  private factsOf(name: string, inbound: InboundSource, props: WebhookStackProps): SourceFacts {
    const source = props.sources[name];
    return {
      name,
      provider: source?.provider ?? '',
      url: `${this.api.apiEndpoint}/webhooks/${name}`,
      publicUrl: source?.publicUrl,
      secretArn: inbound.secrets[name]?.ref ?? '',
      queueUrl: inbound.work.queue.queueUrl,
      dlqUrl: inbound.work.dlq.queueUrl,
    };
  }

  private tooManyResources(): string[] {
    const count = this.node.findAll().filter((node) => 'cfnResourceType' in node).length;
    if (count <= maxResources) return [];
    return [
      `${count} resources, of CloudFormation's 500: set isolation: 'shared', or split the sources into two stacks`,
    ];
  }
}

const accessLogFormat = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  routeKey: '$context.routeKey',
  status: '$context.status',
  responseLatency: '$context.responseLatency',
  integrationError: '$context.integrationErrorMessage',
});
