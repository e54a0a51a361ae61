import { Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpRoute, HttpRouteKey, IpAddressType } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import {
  byEndpointIndex,
  inboundKeys,
  keptIndex,
  payloadPrefixes,
  stoppedIndex,
  waitingIndex,
} from '../lambdas/domain/tables.ts';
import type { ManagementEnv } from '../lambdas/env.ts';
import { deploymentNameOf } from './deployment-name.ts';
import type { Inbound } from './inbound.ts';
import type { Outbound } from './outbound.ts';
import { outboundSettings } from './outbound-settings.ts';
import { loggedStage } from './parts/logged-stage.ts';
import { type FunctionDefaults, NodeLambda } from './parts/node-lambda.ts';
import { functions, managementThrottle } from './settings.ts';

export interface ManagementApiProps {
  /** @default - nothing is sent, and the operations on endpoints and deliveries answer 404 */
  readonly outbound?: Outbound;
  /** @default - nothing is received, and the operations on received events answer 404 */
  readonly inbound?: Inbound;
  readonly payloads: Bucket;
  readonly functions: FunctionDefaults;
}

/** HTTP API, its callers authorised by IAM → λ management → endpoints, event types and jobs in the tables; queues */
export class ManagementApi extends Construct {
  readonly api: HttpApi;
  readonly lambda: NodeLambda;
  private readonly props: ManagementApiProps;

  constructor(scope: Construct, id: string, props: ManagementApiProps) {
    super(scope, id);
    this.props = props;
    this.lambda = this.manager();
    this.api = new HttpApi(this, 'Api', {
      apiName: `${deploymentNameOf(this)}-management`,
      description: 'Endpoints, deliveries and events; requests are signed with AWS Signature Version 4',
      ipAddressType: IpAddressType.DUAL_STACK,
      createDefaultStage: false,
    });
    const route = new HttpRoute(this, 'Route', {
      httpApi: this.api,
      routeKey: HttpRouteKey.with('/{proxy+}', HttpMethod.ANY),
      integration: new HttpLambdaIntegration('Integration', this.lambda),
      authorizer: new HttpIamAuthorizer(),
    });
    loggedStage(this, this.api, {
      name: 'management',
      logRetention: props.functions.logRetention,
      encryptionKey: props.functions.encryptionKey,
      throttle: managementThrottle,
    }).node.addDependency(route);
  }

  /** Allows a role of an app to use the whole API: `stack.management.grantUse(backend)`. */
  grantUse(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({
      grantee,
      actions: ['execute-api:Invoke'],
      resourceArns: [this.api.arnForExecuteApi()],
    });
  }

  private manager(): NodeLambda {
    const { inbound, outbound, payloads } = this.props;
    const environment = {
      INBOUND_EVENTS_TABLE: inbound?.events.tableName ?? '',
      OUTBOUND_EVENTS_TABLE: outbound?.events.tableName ?? '',
      DELIVERIES_TABLE: outbound?.deliveries.tableName ?? '',
      ENDPOINTS_TABLE: outbound?.endpoints.tableName ?? '',
      PUBLISH_QUEUE_URL: outbound?.publishing.queue.queueUrl ?? '',
      DELIVERY_QUEUE_URL: outbound?.delivering.queue.queueUrl ?? '',
      INBOUND_QUEUES: this.inboundQueues(),
      INBOUND_QUEUE_URL: inbound?.each[0]?.work.queue.queueUrl ?? '',
      PAYLOAD_BUCKET: payloads.bucketName,
      MASTER_SECRET: outbound?.masterSecret.secretArn ?? '',
      OPERATIONS_TOPIC_ARN: outbound?.operations.topicArn ?? '',
    } satisfies ManagementEnv;
    const lambda = new NodeLambda(this, 'Function', {
      entry: 'management',
      description: 'Manages endpoints, and shows and repeats deliveries',
      settings: outbound?.settings ?? outboundSettings({}, false),
      environment,
      timeout: functions.managementTimeout,
      defaults: this.props.functions,
    });
    if (outbound !== undefined) this.allowOutbound(lambda, outbound);
    if (inbound !== undefined) this.allowInbound(lambda, inbound);
    return lambda;
  }

  private allowOutbound(lambda: NodeLambda, outbound: Outbound): void {
    const { endpoints, deliveries, events, publishing, delivering } = outbound;
    lambda.allow(
      [
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
        'dynamodb:DeleteItem',
        'dynamodb:Query',
      ],
      endpoints.tableArn,
    );
    lambda.allow(['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem'], deliveries.tableArn);
    lambda.allow(['dynamodb:GetItem', 'dynamodb:UpdateItem'], events.tableArn);
    lambda.allow(
      ['dynamodb:Query'],
      deliveries.indexArn(byEndpointIndex.name),
      deliveries.indexArn(stoppedIndex.name),
      deliveries.indexArn(waitingIndex.name),
    );
    lambda.allow(['sqs:SendMessage'], publishing.queue.queueArn, delivering.queue.queueArn);
    lambda.allowObjects(['s3:GetObject'], this.props.payloads, payloadPrefixes.outbound);
    lambda.allow(['secretsmanager:GetSecretValue'], outbound.masterSecret.secretArn);
    lambda.allow(['sns:Publish'], outbound.operations.topicArn);
  }

  private allowInbound(lambda: NodeLambda, { events, each }: Inbound): void {
    const anyEvent = inboundKeys.event('*', '*');
    lambda.allowItems(['dynamodb:GetItem'], events.tableArn, anyEvent);
    // The keys are a source and a day, as those of an event are a source and an id.
    lambda.allowItems(['dynamodb:Query'], events.indexArn(keptIndex.name), anyEvent);
    lambda.allow(['sqs:SendMessage'], ...each.map(({ work }) => work.queue.queueArn));
    lambda.allowObjects(['s3:GetObject', 's3:PutObject'], this.props.payloads, payloadPrefixes.inbound);
  }

  /** The names of queues with their sources, because sixty URLs would not fit into the environment. */
  private inboundQueues(): string {
    const sourcesOf: Record<string, string[]> = {};
    for (const [source, { work }] of this.props.inbound?.sources ?? []) {
      sourcesOf[work.queue.queueName] = [...(sourcesOf[work.queue.queueName] ?? []), source];
    }
    return Stack.of(this).toJsonString(sourcesOf);
  }
}
