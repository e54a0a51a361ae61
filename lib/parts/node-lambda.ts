import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as Lambda,
  LoggingFormat,
  type RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { type FunctionName, functionCode } from './bundle.ts';

/** What all functions of a stack share. */
export interface FunctionDefaults {
  /** The file that exports the team's handlers. */
  readonly handlersRegistry: string;
  readonly logRetention: RetentionDays;
  readonly logRemoval: RemovalPolicy;
}

export interface NodeLambdaProps {
  /** Which entry of `lambdas/`. */
  readonly entry: FunctionName;
  readonly description: string;
  /** Compiled into the asset as `settings.json`. */
  readonly settings: object;
  /** `satisfies` the function's type in `lambdas/env.ts`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeout: Duration;
  /** @default 256 */
  readonly memoryMb?: number;
  /** @default Terminate, which is Lambda's own */
  readonly recursiveLoop?: RecursiveLoop;
  /** Tries of an asynchronous invocation after the first. @default Lambda's own: 2 */
  readonly retryAttempts?: number;
  readonly defaults: FunctionDefaults;
}

/** λ: Node.js 24, arm64, ESM with source maps, JSON logs in a group of its own, a role that may do nothing else yet. */
export class NodeLambda extends Lambda {
  readonly executionRole: Role;

  constructor(scope: Construct, id: string, props: NodeLambdaProps) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: props.defaults.logRetention,
      removalPolicy: props.defaults.logRemoval,
    });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    super(scope, id, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: `${props.entry}.handler`,
      code: functionCode(props.entry, props.settings, props.defaults.handlersRegistry),
      description: props.description,
      timeout: props.timeout,
      memorySize: props.memoryMb ?? 256,
      environment: { NODE_OPTIONS: '--enable-source-maps', ...props.environment },
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      role,
      recursiveLoop: props.recursiveLoop,
      retryAttempts: props.retryAttempts,
      maxEventAge: props.retryAttempts === 0 ? Duration.seconds(60) : undefined,
    });
    this.executionRole = role;
    logGroup.grantWrite(role);
  }

  /** Allows exactly these actions on exactly these resources. */
  allow(actions: readonly string[], resources: readonly string[]): void {
    this.addToRolePolicy(
      new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources: [...resources] }),
    );
  }
}
