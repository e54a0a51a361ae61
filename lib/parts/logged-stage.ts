import type { RemovalPolicy } from 'aws-cdk-lib';
import { CfnStage, type HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** What an access log line tells; never a header or a body. */
const accessLogFormat = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  ip: '$context.identity.sourceIp',
  routeKey: '$context.routeKey',
  path: '$context.path',
  status: '$context.status',
  responseLength: '$context.responseLength',
  integrationStatus: '$context.integration.status',
  integrationError: '$context.integration.error',
  integrationLatency: '$context.integration.latency',
  error: '$context.error.message',
};

export interface LoggedStageProps {
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  /** By route, in CloudFormation's words. @default none */
  readonly routeSettings?: Readonly<Record<string, object>>;
  /** Requests a second and at once, over all routes. @default the account's */
  readonly throttle?: { readonly rate: number; readonly burst: number };
}

/** The `$default` stage of an API, deployed at once, with access logs. */
export function loggedStage(scope: Construct, api: HttpApi, props: LoggedStageProps): CfnStage {
  const { logRetention, removalPolicy, routeSettings, throttle } = props;
  const logGroup = new LogGroup(scope, 'AccessLogs', { retention: logRetention, removalPolicy });
  return new CfnStage(scope, 'Stage', {
    apiId: api.apiId,
    stageName: '$default',
    autoDeploy: true,
    routeSettings,
    defaultRouteSettings: throttle && {
      throttlingRateLimit: throttle.rate,
      throttlingBurstLimit: throttle.burst,
    },
    accessLogSettings: { destinationArn: logGroup.logGroupArn, format: JSON.stringify(accessLogFormat) },
  });
}
