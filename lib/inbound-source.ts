import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { type HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { consumerName } from '../lambdas/domain/metrics.ts';
import { providerOf } from '../lambdas/domain/provider/catalogue.ts';
import type { SourceSettings } from '../lambdas/domain/source.ts';
import { inboundKeys, inboundPrefix } from '../lambdas/domain/tables.ts';
import { tapQueuePrefix, tapQueuesOf } from '../lambdas/domain/tap.ts';
import type { ConsumeEnv, ReceiveEnv } from '../lambdas/env.ts';
import { deploymentNameOf } from './deployment-name.ts';
import { nameList } from './name-list.ts';
import { acknowledge } from './parts/acknowledge.ts';
import { grantKeyUse } from './parts/key-use.ts';
import { countLines } from './parts/line-metric.ts';
import { type FunctionDefaults, NodeLambda } from './parts/node-lambda.ts';
import { tagQueue } from './parts/queue-tags.ts';
import type { RecordTable } from './parts/record-table.ts';
import { WorkQueue } from './parts/work-queue.ts';
import { batches, functions, workerTimes } from './settings.ts';
import { SettingsError } from './settings-error.ts';
import { sharedConsumer } from './shared-consumer.ts';
import type { SourceProps, Sources } from './source-props.ts';
import { type SourceSecrets, secretEnvironment } from './source-secrets.ts';
import { sourceSettings } from './source-settings.ts';
import { problemWithRegions } from './target-checks.ts';
import { allowTargets, targetAddresses } from './target-settings.ts';

export interface InboundSourceProps {
  /** One source, or all sources of a stack, which then share one receiver, queue and consumer. */
  readonly sources: Sources;
  /** The last segment of the route: the source's name, or `{source}`. */
  readonly path: string;
  /** The secrets of these sources, and maybe of others. */
  readonly secrets: SourceSecrets;
  readonly api: HttpApi;
  readonly events: RecordTable;
  readonly payloads: Bucket;
  readonly alarmAction: IAlarmAction;
  readonly removalPolicy: RemovalPolicy;
  readonly functions: FunctionDefaults;
}

/** route → λ receive → queue (+DLQ) → λ consume → events table */
export class InboundSource extends Construct {
  readonly receive: NodeLambda;
  readonly consume: NodeLambda;
  readonly work: WorkQueue;
  /** The keys of the routes, for the stage's route settings. */
  readonly routeKeys: readonly string[];
  private readonly props: InboundSourceProps;

  constructor(scope: Construct, id: string, props: InboundSourceProps) {
    super(scope, id);
    this.props = props;
    const sources = Object.entries(props.sources);
    for (const [name, source] of sources) {
      const problem = problemWithRegions(this, source);
      if (problem !== undefined) throw new SettingsError(`source '${name}': ${problem}`);
    }
    const times = workerTimes(sharedConsumer(Object.values(props.sources)).handlerTimeout);
    const settings = sources.map(([name, source]) => sourceSettings(name, source, times.timeout));

    this.work = new WorkQueue(this, 'Work', {
      times,
      impact: `An event of ${nameList(sources.map(([name]) => name))} went to the DLQ; its handler did not succeed.`,
      firstStep:
        'Run npx hookline dlq list to see why; fix the handler, then npx hookline dlq redrive runs it again.',
      // A waiting message is at most 15 minutes old, since a longer wait is a new message.
      oldestMessage: times.visibility.plus(Duration.minutes(30)),
      alarmAction: props.alarmAction,
      removalPolicy: props.removalPolicy,
      encryptionKey: props.functions.encryptionKey,
    });
    const own = this.whose === '*' ? undefined : this.whose;
    tagQueue(this.work.queue, 'events', own);
    tagQueue(this.work.dlq, 'dead-letters', own);
    this.receive = this.receiver(settings);
    this.consume = this.consumer(settings, times.timeout);
    this.routeKeys = this.routes(settings);
  }

  /** @throws SettingsError when it is not a source of this construct */
  secretOf(source: string): CfnSecret {
    const secret = this.props.secrets.get(source);
    if (secret === undefined) throw new SettingsError(`there is no source '${source}'`);
    return secret;
  }

  /** The `consumer` dimension of the metrics. */
  get consumerName(): string {
    return consumerName(Object.keys(this.props.sources));
  }

  /** The keys of the items and objects that the functions may use: those of one source, or of all if they are shared. */
  private get whose(): string {
    const { path } = this.props;
    return path.startsWith('{') ? '*' : path;
  }

  /** Allows a target to read the bodies that went by claim check. */
  grantReadBodies(reader: IGrantable, source: string): Grant {
    const { payloads, functions } = this.props;
    grantKeyUse(this, functions.encryptionKey, reader, ['s3:GetObject']);
    return Grant.addToPrincipalOrResource({
      grantee: reader,
      actions: ['s3:GetObject'],
      resourceArns: [payloads.arnForObjects(`${inboundPrefix(source)}*`)],
      resource: payloads,
    });
  }

  private receiver(settings: readonly SourceSettings[]): NodeLambda {
    const { payloads, events } = this.props;
    const environment = {
      SOURCE: this.whose === '*' ? '' : this.whose,
      ...secretEnvironment(
        Stack.of(this),
        settings.map(({ name }) => this.secretOf(name)),
      ),
      INBOUND_EVENTS_TABLE: events.tableName,
      QUEUE_URL: this.work.queue.queueUrl,
      PAYLOAD_BUCKET: payloads.bucketName,
    } satisfies ReceiveEnv;
    const receive = new NodeLambda(this, 'Receive', {
      entry: 'receive',
      description: 'Verifies webhooks and puts their events on the queue',
      // A change of targets concerns the consumer only.
      settings: { sources: settings.map(({ to: _, ...receiving }) => receiving) },
      sources: settings,
      environment,
      timeout: functions.receiveTimeout,
      defaults: this.props.functions,
    });
    receive.allow(['sqs:SendMessage'], this.work.queue.queueArn);
    this.allowSecrets(receive, settings);
    if (settings.some((source) => providerOf(source).onceOnly)) {
      receive.allowItems(['dynamodb:PutItem'], events.tableArn, inboundKeys.onceOnly(this.whose, '*'));
    }
    receive.allowObjects(['s3:PutObject'], payloads, inboundPrefix(this.whose));
    countLines(this, 'receive', receive.logGroup);
    return receive;
  }

  /** Grants with each ARN only once, so that the ARNs of sixty sources fit into the policy. */
  private allowSecrets(receive: NodeLambda, settings: readonly SourceSettings[]): void {
    const reading = ['secretsmanager:GetSecretValue'];
    const capturing = [...reading, 'secretsmanager:DescribeSecret', 'secretsmanager:PutSecretValue'];
    const brings = (source: SourceSettings) =>
      providerOf(source).handshake?.secretFromHandshake !== undefined;
    const arnsOf = (some: readonly SourceSettings[]) => some.map(({ name }) => this.secretOf(name).ref);
    const [bringing, others] = [settings.filter(brings), settings.filter((source) => !brings(source))];
    if (others.length > 0) receive.allow(reading, ...arnsOf(others));
    if (bringing.length > 0) receive.allow(capturing, ...arnsOf(bringing));
  }

  private consumer(settings: readonly SourceSettings[], timeout: Duration): NodeLambda {
    const sources = Object.values(this.props.sources);
    const environment = {
      TAP_QUEUE_PREFIX: tapQueuePrefix(deploymentNameOf(this)),
      INBOUND_EVENTS_TABLE: this.props.events.tableName,
      QUEUE_URL: this.work.queue.queueUrl,
      DLQ_URL: this.work.dlq.queueUrl,
      PAYLOAD_BUCKET: this.props.payloads.bucketName,
      TARGETS: targetAddresses(this, this.props.sources),
    } satisfies ConsumeEnv;
    const consume = new NodeLambda(this, 'Consume', {
      entry: 'consume',
      description: "Runs the team's handlers, once per event",
      settings: { sources: settings },
      sources: settings,
      environment: { ...handlerEnvironment(sources), ...environment },
      timeout,
      // A long wait is a new message to the same queue. The record limits the attempts, and the due time limits the messages.
      recursiveLoop: RecursiveLoop.ALLOW,
      defaults: this.props.functions,
    });
    const { maxConcurrency } = sharedConsumer(sources);
    this.work.consumeWith(consume, { batchSize: batches.consume, maxConcurrency });
    this.allowConsumer(consume);
    allowTargets(consume, this.props.sources);
    return consume;
  }

  private allowConsumer(consume: NodeLambda): void {
    const { events, payloads } = this.props;
    const stack = Stack.of(this);
    consume.allow(['sqs:SendMessage'], this.work.queue.queueArn, this.work.dlq.queueArn);
    consume.allowItems(['dynamodb:UpdateItem'], events.tableArn, inboundKeys.event(this.whose, '*'));
    consume.allowItems(['dynamodb:GetItem'], events.tableArn, inboundKeys.tap(this.whose));
    consume.allowNamed(
      ['sqs:SendMessage'],
      stack.formatArn({
        service: 'sqs',
        resource: tapQueuesOf(tapQueuePrefix(deploymentNameOf(this)), this.whose),
      }),
      'Each listener of npx hookline listen makes its own queue; the star stands for the name.',
    );
    consume.allowObjects(['s3:GetObject', 's3:PutObject'], payloads, inboundPrefix(this.whose));
  }

  private routes(settings: readonly SourceSettings[]): readonly string[] {
    const more = settings
      .map(providerOf)
      .flatMap((provider) => [...(provider.handshake?.methods ?? []), ...(provider.methods ?? [])]);
    const methods = [...new Set([HttpMethod.POST, ...more.map((method) => HttpMethod[method])])];
    const path = `/webhooks/${this.props.path}`;
    const integration = new HttpLambdaIntegration('Receive', this.receive);
    for (const route of this.props.api.addRoutes({ path, methods, integration })) {
      acknowledge(route, {
        id: 'AwsSolutions-APIG4',
        reason: "Providers cannot sign requests for AWS; the receiver verifies the provider's own signature.",
      });
    }
    return methods.map((method) => `${method} ${path}`);
  }
}

/** @throws SettingsError when sources that share a consumer want different values of one variable */
function handlerEnvironment(sources: readonly SourceProps[]): Record<string, string> {
  const merged: Record<string, string> = {};
  for (const [name, value] of sources.flatMap((source) => Object.entries(source.handlerEnvironment ?? {}))) {
    if (merged[name] !== undefined && merged[name] !== value) {
      throw new SettingsError(
        `handlerEnvironment: sources that share a consumer differ in ${name}; set it once`,
      );
    }
    merged[name] = value;
  }
  return merged;
}
