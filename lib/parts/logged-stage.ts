import { Aws, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
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
  /** Of the API, in the name of its log group. */
  readonly name: string;
  readonly logRetention: RetentionDays;
  /** By route, in CloudFormation's words. @default none */
  readonly routeSettings?: Readonly<Record<string, object>>;
  /** Requests a second and at once, for every route without settings of its own. */
  readonly throttle: { readonly rate: number; readonly burst: number };
}

/** The `$default` stage of an API, deployed at once, with access logs. */
export function loggedStage(scope: Construct, api: HttpApi, props: LoggedStageProps): CfnStage {
  const { routeSettings, throttle } = props;
  const logGroup = accessLogs(scope, props);
  return new CfnStage(scope, 'Stage', {
    apiId: api.apiId,
    stageName: '$default',
    autoDeploy: true,
    routeSettings,
    defaultRouteSettings: { throttlingRateLimit: throttle.rate, throttlingBurstLimit: throttle.burst },
    accessLogSettings: { destinationArn: logGroup.logGroupArn, format: JSON.stringify(accessLogFormat) },
  });
}

/**
 * Under `/aws/vendedlogs/`, because API Gateway writes each other group into the account's log policy, which holds 5,120
 * characters. A group with a given name must not stay behind: it would refuse its successor. So this one goes with its stack,
 * and the stack's id is in its name.
 */
function accessLogs(scope: Construct, { name, logRetention }: LoggedStageProps): LogGroup {
  const uniquePart = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return new LogGroup(scope, 'AccessLogs', {
    logGroupName: `/aws/vendedlogs/${Stack.of(scope).stackName}/${name}-${uniquePart}`,
    retention: logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
