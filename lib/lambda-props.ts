import type { ILayerVersion, Tracing } from 'aws-cdk-lib/aws-lambda';
import {
  consumeEnv,
  deliverEnv,
  managementEnv,
  measureEnv,
  publishEnv,
  receiveEnv,
  sweepEnv,
} from '../lambdas/env.ts';
import { problemWithGiven, type SettingKind } from './given-settings.ts';
import { SettingsError } from './settings-error.ts';

/** What every function of a deployment gets. */
export interface LambdaProps {
  /** Layers for arm64, such as an extension of an observability vendor; five at most. @default - none */
  readonly layers?: readonly ILayerVersion[];
  /**
   * Environment variables, beside Hookline's own, whose names are refused. All variables of a function share 4 KB. Where a source's
   * `handlerEnvironment` has the same name, its consumer gets that value. @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether AWS X-Ray traces invocations. docs/cost.md says what that costs. @default - Lambda's own, `Tracing.DISABLED` */
  readonly tracing?: Tracing;
  /**
   * The lowest level of the functions' own log lines. Alarms count lines of the level `INFO`: with `WARN` or `ERROR` the receivers no
   * longer log accepted requests, so that `SourceQuiet` cannot ring, `SourceRefusals` rings for three refusals an hour beside any number
   * of accepted requests, and `hookline tail` shows nothing of them. With `ERROR` they no longer log refused requests either, so that
   * `SourceRefusals` rings only when a source cannot answer (503). Metrics of the functions themselves are written at any level.
   *
   * @default 'INFO'
   */
  readonly logLevel?: LogLevel;
}

const logLevels = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
type LogLevel = (typeof logLevels)[number];

const lambdaKinds: Readonly<Record<keyof LambdaProps, SettingKind>> = {
  layers: 'any',
  environment: 'any',
  tracing: 'any',
  logLevel: 'any',
};

/** The variables of the runtime and of our libraries that every function has. */
export const commonVariables = {
  namespace: 'POWERTOOLS_METRICS_NAMESPACE',
  logLevel: 'POWERTOOLS_LOG_LEVEL',
  nodeOptions: 'NODE_OPTIONS',
  threads: 'UV_THREADPOOL_SIZE',
} as const;

const ownVariables: ReadonlySet<string> = new Set([
  ...[receiveEnv, consumeEnv, measureEnv, publishEnv, deliverEnv, sweepEnv, managementEnv].flat(),
  ...Object.values(commonVariables),
]);

/** Lambda's limit for the layers of a function. */
const mostLayers = 5;

/** @throws SettingsError naming the setting */
export function checkedLambda(lambda: LambdaProps = {}): LambdaProps {
  const problem =
    problemWithGiven(lambdaKinds, lambda) ?? problemWithEnvironment(lambda) ?? problemWithRest(lambda);
  if (problem !== undefined) throw new SettingsError(`lambda: ${problem}`);
  return lambda;
}

function problemWithEnvironment({ environment = {} }: LambdaProps): string | undefined {
  const own = Object.keys(environment).find((name) => ownVariables.has(name));
  return own && `environment.${own} is set by Hookline itself; leave it out, or use another name`;
}

function problemWithRest({ layers = [], logLevel }: LambdaProps): string | undefined {
  if (layers.length > mostLayers) return `layers has ${layers.length} layers; Lambda allows ${mostLayers}`;
  if (logLevel !== undefined && !logLevels.includes(logLevel))
    return `logLevel is '${logLevel}'; write one of ${logLevels.join(', ')}`;
  return undefined;
}
