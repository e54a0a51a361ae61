import { Aws, Fn, RemovalPolicy } from 'aws-cdk-lib';
import { CfnStage, type HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { deploymentNameOf } from '../deployment-name.ts';

/**
 * The fields of an access log line; never a header or a body. Each request is billed for its line, so it has only what the
 * functions' own lines do not say: who was throttled, what asked for an unknown path, and what failed before or after the function.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
const accessLogFormat = {
  requestId: '$context.requestId',
  ip: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  latency: '$context.integration.latency',
  error: '$context.error.message $context.integration.error',
};

export interface LoggedStageProps {
  /** The API's name, for the name of its log group. */
  readonly name: string;
  readonly logRetention: RetentionDays;
  /** @default - a key of CloudWatch Logs */
  readonly encryptionKey?: IKey;
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
function accessLogs(scope: Construct, { name, logRetention, encryptionKey }: LoggedStageProps): LogGroup {
  const uniquePart = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return new LogGroup(scope, 'AccessLogs', {
    logGroupName: `/aws/vendedlogs/${deploymentNameOf(scope)}/${name}-${uniquePart}`,
    retention: logRetention,
    encryptionKey,
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
