import { Duration, type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { type HttpApi, HttpMethod, PayloadFormatVersion } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { type SourceSettings, secretName } from '../lambdas/domain/source.ts';
import type { ConsumeEnv, ReceiveEnv } from '../lambdas/env.ts';
import { type FunctionDefaults, NodeLambda } from './parts/node-lambda.ts';
import { allowObjects } from './parts/payload-bucket.ts';
import { WorkQueue } from './parts/work-queue.ts';
import {
  defaultConcurrency,
  handlerTimeoutOf,
  leaseFor,
  type SourceProps,
  sourceSettings,
} from './settings.ts';

export interface InboundSourceProps {
  /** By name. One of them, or all of a stack with `isolation: 'shared'`. */
  readonly sources: Readonly<Record<string, SourceProps>>;
  /** The last segment of the route: a source's name, or `{source}`. */
  readonly path: string;
  readonly api: HttpApi;
  readonly events: TableV2;
  readonly payloads: Bucket;
  readonly alarmAction: IAlarmAction;
  readonly dataRemoval: RemovalPolicy;
  readonly functions: FunctionDefaults;
}

/** The strictest providers hang up after 3 s; a slower answer is a retry anyway. */
const receiveTimeout = Duration.seconds(10);
const consumeBatchSize = 10;

/** route → λ receive → queue (+DLQ) → λ consume → events table */
export class InboundSource extends Construct {
  readonly receive: NodeLambda;
  readonly consume: NodeLambda;
  readonly work: WorkQueue;
  /** By source name. */
  readonly secrets: Readonly<Record<string, CfnSecret>>;
  readonly routeKey: string;

  constructor(scope: Construct, id: string, props: InboundSourceProps) {
    super(scope, id);
    const settings = Object.entries(props.sources).map(([name, source]) => sourceSettings(name, source));
    const consumerTimeout = longest(Object.values(props.sources).map(handlerTimeoutOf));

    this.secrets = Object.fromEntries(
      settings.map(({ name }) => [name, this.emptySecret(name, props.dataRemoval)]),
    );
    this.work = new WorkQueue(this, 'Work', {
      consumerTimeout,
      lease: leaseFor(consumerTimeout),
      impact: `Events of ${settings.map(({ name }) => name).join(', ')} were given up; their handlers did not succeed.`,
      firstStep: 'npx hookline dlq list says why; npx hookline dlq redrive runs them again.',
      alarmAction: props.alarmAction,
    });
    this.receive = this.receiver(props, settings);
    this.consume = this.consumer(props, settings, consumerTimeout);
    this.routeKey = `POST /webhooks/${props.path}`;
    this.addRoute(props);
  }

  /** Without a value until `hookline secrets set` brings the provider's: nothing is a key until then. */
  private emptySecret(source: string, removal: RemovalPolicy): CfnSecret {
    const secret = new CfnSecret(this, `Secret-${source}`, {
      name: secretName(Stack.of(this).stackName, source),
      description: `What the provider's dashboard shows as the secret of the webhook source ${source}`,
    });
    secret.applyRemovalPolicy(removal);
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The provider issues this secret; it is rotated at the provider and then stored here.',
    });
    return secret;
  }

  private receiver(props: InboundSourceProps, settings: readonly SourceSettings[]): NodeLambda {
    const [first, ...others] = settings;
    const environment = {
      STACK: Stack.of(this).stackName,
      SOURCE: first !== undefined && others.length === 0 && props.path !== '{source}' ? first.name : '',
      QUEUE_URL: this.work.queue.queueUrl,
      PAYLOAD_BUCKET: props.payloads.bucketName,
    } satisfies ReceiveEnv;
    const receive = new NodeLambda(this, 'Receive', {
      entry: 'receive',
      description: 'Verifies webhooks and puts them on the queue',
      settings: { sources: settings },
      environment,
      timeout: receiveTimeout,
      memoryMb: 512,
      defaults: props.functions,
    });
    receive.allow(
      ['secretsmanager:GetSecretValue'],
      Object.values(this.secrets).map((secret) => secret.ref),
    );
    receive.allow(['sqs:SendMessage'], [this.work.queue.queueArn]);
    allowObjects(receive, ['s3:PutObject'], props.payloads, 'inbound');
    return receive;
  }

  private consumer(
    props: InboundSourceProps,
    settings: readonly SourceSettings[],
    timeout: Duration,
  ): NodeLambda {
    const environment = {
      INBOUND_EVENTS_TABLE: props.events.tableName,
      QUEUE_URL: this.work.queue.queueUrl,
      DLQ_URL: this.work.dlq.queueUrl,
      PAYLOAD_BUCKET: props.payloads.bucketName,
    } satisfies ConsumeEnv;
    const own = Object.values(props.sources);
    const consume = new NodeLambda(this, 'Consume', {
      entry: 'consume',
      description: 'Runs the handlers, once per event',
      settings: { sources: settings },
      environment: {
        ...Object.assign({}, ...own.map((source) => source.handlerEnvironment ?? {})),
        ...environment,
      },
      timeout,
      memoryMb: 512,
      defaults: props.functions,
    });
    const concurrency = Math.max(...own.map((source) => source.maxConcurrency ?? defaultConcurrency.consume));
    this.work.consumeWith(consume, consumeBatchSize, concurrency);
    consume.allow(['sqs:SendMessage'], [this.work.dlq.queueArn]);
    consume.allow(['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:GetItem'], [props.events.tableArn]);
    allowObjects(consume, ['s3:GetObject', 's3:PutObject'], props.payloads, 'inbound');
    return consume;
  }

  private addRoute(props: InboundSourceProps): void {
    const integration = new HttpLambdaIntegration('Integration', this.receive, {
      payloadFormatVersion: PayloadFormatVersion.VERSION_2_0,
    });
    const routes = props.api.addRoutes({
      path: `/webhooks/${props.path}`,
      methods: [HttpMethod.POST],
      integration,
    });
    for (const route of routes) {
      Validations.of(route).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason: 'Providers cannot sign AWS requests: the receiver verifies their signature instead.',
      });
    }
  }
}

const longest = (spans: readonly Duration[]): Duration =>
  Duration.seconds(Math.max(...spans.map((span) => span.toSeconds())));
