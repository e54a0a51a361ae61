import { Aws, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnStage, type HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** The fields of an access log line; never a header or a body. */
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
  /** The API's name, for the name of its log group. */
  readonly name: string;
  readonly logRetention: RetentionDays;
  /** Settings by route, in CloudFormation's format. @default none */
  readonly routeSettings?: Readonly<Record<string, object>>;
  /** Requests a second and at once, for every route without its own settings. */
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
 * The group is under `/aws/vendedlogs/`, because API Gateway adds each other group to the account's log policy, which holds 5,120
 * characters. A group with a fixed name must not stay behind, because its successor could not be created. So it is deleted with
 * its stack, and its name contains the stack's id.
 */
function accessLogs(scope: Construct, { name, logRetention }: LoggedStageProps): LogGroup {
  const uniquePart = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return new LogGroup(scope, 'AccessLogs', {
    logGroupName: `/aws/vendedlogs/${Stack.of(scope).stackName}/${name}-${uniquePart}`,
    retention: logRetention,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
