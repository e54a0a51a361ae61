import { CfnElement, Duration, type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as Lambda,
  LoggingFormat,
  type RecursiveLoop,
  Runtime,
  type SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import * as v from 'valibot';
import type { SourceSettings } from '../../lambdas/domain/source.ts';
import { functions } from '../settings.ts';
import { type FunctionName, functionCode } from './bundle.ts';

/** What all functions of a stack share. */
export interface FunctionDefaults {
  /** The file that exports the team's `handlers`. @default the shipped one */
  readonly handlersRegistry?: string;
  readonly logRetention: RetentionDays;
  /** Which of Lambda's own lines are logged. @default INFO */
  readonly systemLogLevel?: SystemLogLevel;
  readonly removalPolicy: RemovalPolicy;
}

export interface NodeLambdaProps {
  readonly entry: FunctionName;
  readonly description: string;
  /** Compiled into the function's code as `settings.json`. */
  readonly settings: object;
  /** The sources that it serves. @default none */
  readonly sources?: readonly SourceSettings[];
  /** Say `satisfies` with the function's type in `lambdas/env.ts`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeout: Duration;
  readonly defaults: FunctionDefaults;
  /** @default Lambda's own, which ends loops */
  readonly recursiveLoop?: RecursiveLoop;
  /** A failed asynchronous invocation is not tried again. @default false */
  readonly once?: boolean;
}

/** λ: Node.js 24, arm64, ESM, JSON logs in a group of its own, a role that may only write them. */
export class NodeLambda extends Lambda {
  private readonly ownRole: Role;

  constructor(scope: Construct, id: string, props: NodeLambdaProps) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: props.defaults.logRetention,
      removalPolicy: props.defaults.removalPolicy,
    });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    super(scope, id, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: `${props.entry}.handler`,
      code: functionCode(props.entry, {
        settings: props.settings,
        sources: props.sources,
        registry: props.defaults.handlersRegistry,
      }),
      description: props.description,
      timeout: props.timeout,
      memorySize: functions.memoryMb,
      environment: {
        ...props.environment,
        // Two stacks of an account do not share their metrics.
        POWERTOOLS_METRICS_NAMESPACE: Stack.of(scope).stackName,
        // DEP0169 is a line in each new process's log: of `url.parse` in a runtime's own code, as the emulator's. Ours has none.
        NODE_OPTIONS: '--disable-warning=DEP0169',
        UV_THREADPOOL_SIZE: String(functions.workerThreads),
      },
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: props.defaults.systemLogLevel,
      logGroup,
      role,
      recursiveLoop: props.recursiveLoop,
      ...(props.once && { retryAttempts: 0, maxEventAge: Duration.seconds(60) }),
    });
    this.ownRole = role;
  }

  /** Allows exactly these actions on exactly these resources. */
  allow(actions: readonly string[], ...resources: readonly string[]): void {
    this.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
  }

  /**
   * Allows these actions on items with such a partition key, of a table or an index.
   *
   * For actions that name keys only: one that names none, as a scan, would pass the condition.
   *
   * @param keys a star stands for anything
   */
  allowItems(actions: readonly string[], table: string, keys: string): void {
    this.addToRolePolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: [table],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [keys] } },
      }),
    );
  }

  /** Allows these actions on all resources whose ARN begins like this. */
  allowNamed(actions: readonly string[], arnPrefix: string, reason: string): void {
    this.allow(actions, `${arnPrefix}*`);
    const stack = Stack.of(this);
    // As the rule writes it: what is only known at deploy stands in angle brackets.
    const written = writtenOut(stack.resolve(`${arnPrefix}*`));
    Validations.of(this.ownRole).acknowledge({ id: `AwsSolutions-IAM5[Resource::${written}]`, reason });
  }

  /** Allows these actions on the objects under a prefix, and tells a missing one from a forbidden one. */
  allowObjects(actions: readonly string[], bucket: Bucket, prefix: string): void {
    this.allow(actions, bucket.arnForObjects(`${prefix}*`));
    // The store looks there for an object that it is refused: S3 refuses those that are missing, too.
    if (actions.includes('s3:GetObject')) this.allowListing(bucket, prefix);
    Validations.of(this.ownRole).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${logicalId(bucket)}.Arn>/${prefix}*]`,
      reason: `Each payload is an object of its own; the star stands for its name under ${prefix}.`,
    });
  }

  private allowListing(bucket: Bucket, prefix: string): void {
    this.addToRolePolicy(
      new PolicyStatement({
        actions: ['s3:ListBucket'],
        resources: [bucket.bucketArn],
        conditions: { StringLike: { 's3:prefix': [`${prefix}*`] } },
      }),
    );
  }
}

const Joined = v.object({
  'Fn::Join': v.tuple([v.literal(''), v.array(v.union([v.string(), v.object({ Ref: v.string() })]))]),
});

function writtenOut(resolved: unknown): string {
  if (typeof resolved === 'string') return resolved;
  const [, parts] = v.parse(Joined, resolved)['Fn::Join'];
  return parts.map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join('');
}

const logicalId = ({ node: { defaultChild } }: Construct): string =>
  CfnElement.isCfnElement(defaultChild) ? Stack.of(defaultChild).getLogicalId(defaultChild) : '';
