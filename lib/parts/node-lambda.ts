import { CfnElement, Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  Function as Lambda,
  LoggingFormat,
  type RecursiveLoop,
  Runtime,
  type SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import * as v from 'valibot';
import type { SourceSettings } from '../../lambdas/domain/source.ts';
import { deploymentNameOf } from '../deployment-name.ts';
import type { Network } from '../egress.ts';
import { commonVariables, type LambdaProps } from '../lambda-props.ts';
import { functions } from '../settings.ts';
import { acknowledge } from './acknowledge.ts';
import { functionCode } from './bundle.ts';
import type { FunctionName } from './function-build.ts';
import { grantKeyUse, keyStatement } from './key-use.ts';
import { allowInterfaces } from './network-interfaces.ts';

/** The settings that all functions of a stack share. */
export interface FunctionDefaults {
  /** The file that exports the team's `handlers`. @default none */
  readonly handlersRegistry?: string;
  readonly logRetention: RetentionDays;
  /** Which of Lambda's own lines are logged. */
  readonly systemLogLevel: SystemLogLevel;
  readonly removalPolicy: RemovalPolicy;
  /** The team's key for logs and environments; the roles may use it as their actions need. @default - keys of the services */
  readonly encryptionKey?: IKey;
  /** @default - nothing more */
  readonly lambda?: LambdaProps;
}

export interface NodeLambdaProps {
  readonly entry: FunctionName;
  readonly description: string;
  /** Compiled into the function's code as `settings.json`. */
  readonly settings: object;
  /** The sources that it serves. @default none */
  readonly sources?: readonly SourceSettings[];
  /** Check it by `satisfies` with the function's type in `lambdas/env.ts`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeout: Duration;
  readonly defaults: FunctionDefaults;
  /** @default Lambda's own, which ends loops */
  readonly recursiveLoop?: RecursiveLoop;
  /** @default - none; it reaches the internet from addresses of AWS */
  readonly network?: Network;
  /** A failed asynchronous invocation is not tried again. @default false */
  readonly once?: boolean;
}

/** λ: Node.js 24, arm64, ESM, JSON logs in their own group, a role that may only write them. */
export class NodeLambda extends Lambda {
  private readonly ownRole: Role;
  private readonly encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: NodeLambdaProps) {
    const { logRetention, removalPolicy, encryptionKey, lambda = {} } = props.defaults;
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: logRetention,
      removalPolicy,
      encryptionKey,
    });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    if (props.network !== undefined) allowInterfaces(role);
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
      environment: environmentOf(scope, props),
      environmentEncryption: encryptionKey,
      layers: lambda.layers && [...lambda.layers],
      tracing: lambda.tracing,
      ...(props.network && {
        vpc: props.network.vpc,
        vpcSubnets: props.network.subnets,
        securityGroups: [...props.network.securityGroups],
      }),
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: props.defaults.systemLogLevel,
      logGroup,
      role,
      recursiveLoop: props.recursiveLoop,
      ...(props.once && { retryAttempts: 0, maxEventAge: Duration.seconds(60) }),
    });
    this.ownRole = role;
    this.encryptionKey = encryptionKey;
    if (encryptionKey !== undefined)
      this.addToRolePolicy(keyStatement(this, encryptionKey, 'lambda', ['kms:Decrypt']));
    if (lambda.tracing !== undefined && lambda.tracing !== Tracing.DISABLED) this.acknowledgeTracing();
  }

  private acknowledgeTracing(): void {
    acknowledge(this.ownRole, {
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resources for the actions that write traces.',
    });
  }

  /** Allows exactly these actions on exactly these resources. */
  allow(actions: readonly string[], ...resources: readonly string[]): void {
    this.addToRolePolicy(new PolicyStatement({ actions: [...actions], resources: [...resources] }));
    grantKeyUse(this, this.encryptionKey, this, actions);
  }

  /**
   * Allows actions on the items of a table or an index with these partition keys.
   *
   * Only for actions that name keys: an action without keys, such as a scan, would pass the condition.
   *
   * @param keys with `*` for any characters
   */
  allowItems(actions: readonly string[], table: string, keys: string): void {
    this.addToRolePolicy(
      new PolicyStatement({
        actions: [...actions],
        resources: [table],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [keys] } },
      }),
    );
    grantKeyUse(this, this.encryptionKey, this, actions);
  }

  /** Allows actions on all resources whose ARN has this prefix. */
  allowNamed(actions: readonly string[], arnPrefix: string, reason: string): void {
    this.allow(actions, `${arnPrefix}*`);
    const stack = Stack.of(this);
    // In the rule's form: values that are known only at deploy are in angle brackets.
    const written = writtenOut(stack.resolve(`${arnPrefix}*`));
    acknowledge(this.ownRole, { id: `AwsSolutions-IAM5[Resource::${written}]`, reason });
  }

  /** Allows actions on the objects under a prefix, and on the list that distinguishes missing from forbidden ones. */
  allowObjects(actions: readonly string[], bucket: Bucket, prefix: string): void {
    this.allow(actions, bucket.arnForObjects(`${prefix}*`));
    // S3 also refuses missing objects, so after a refusal the store looks for the object in the list.
    if (actions.includes('s3:GetObject')) this.allowListing(bucket, prefix);
    acknowledge(this.ownRole, {
      id: `AwsSolutions-IAM5[Resource::<${logicalId(bucket)}.Arn>/${prefix}*]`,
      reason: `Each payload is one object; the star stands for its name under ${prefix}.`,
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

/** The variables of the app, of the function, and of the runtime and our libraries. The later ones win. */
function environmentOf(scope: Construct, { environment, defaults }: NodeLambdaProps): Record<string, string> {
  const { environment: given, logLevel } = defaults.lambda ?? {};
  return {
    ...given,
    ...environment,
    // Two deployments in an account do not share their metrics.
    [commonVariables.namespace]: deploymentNameOf(scope),
    // Without this, each new process logs DEP0169 for `url.parse` in the runtime's code, e.g. the emulator's. Ours does not use it.
    [commonVariables.nodeOptions]: '--disable-warning=DEP0169',
    [commonVariables.threads]: String(functions.workerThreads),
    ...(logLevel && { [commonVariables.logLevel]: logLevel }),
  };
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
