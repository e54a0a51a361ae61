import { existsSync } from 'node:fs';
import { awsEnvironment, trust } from '../../local/endpoint.ts';
import { type LocalOutputs, readOutputs } from '../../local/outputs.ts';
import { outputsFileIn } from '../../local/state.ts';
import { RefusedError, UsageError } from '../terminal/errors.ts';
import { defaultStack } from './default-stack.ts';

/** The options that every command has. */
export interface TargetOptions {
  /** @default defaultStack */
  readonly stack?: string;
  /** The path of the `Webhooks` construct below the stack, if it has several. */
  readonly construct?: string;
  readonly local?: boolean;
  readonly profile?: string;
  readonly region?: string;
  readonly stateDir: string;
  /** Print JSON. */
  readonly json?: boolean;
}

/** Which deployment a command works on. */
export type ChosenTarget =
  | { readonly kind: 'local'; readonly outputs: LocalOutputs }
  | { readonly kind: 'stack'; readonly name: string };

/** Each of these variables means that the caller has chosen an AWS account. */
const choosingVariables = [
  'AWS_ENDPOINT_URL',
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
];

/**
 * Decides which deployment a command works on.
 *
 * @param localOutputs outputs of the local AWS, if it is running
 * @throws RefusedError when the choice is ambiguous, or when the local AWS is not running
 */
export function chooseTarget(
  options: TargetOptions,
  env: NodeJS.ProcessEnv,
  localOutputs: LocalOutputs | undefined,
): ChosenTarget {
  if (options.local) {
    if (options.stack || options.profile || options.region)
      throw new UsageError('--local selects the deployment: leave out --stack, --profile and --region.');
    if (localOutputs) return { kind: 'local', outputs: localOutputs };
    throw new RefusedError(
      'The local AWS is not running: start it with npx hookline start, or leave out --local.',
    );
  }
  const isChosen = options.stack || options.profile || choosingVariables.some((name) => env[name]);
  if (localOutputs && !isChosen)
    throw new RefusedError(
      'A local AWS is running: add --local to use it, or --stack NAME to use your account (or run: eval "$(npx hookline env)").',
    );
  return { kind: 'stack', name: options.stack ?? defaultStack };
}

/** The stack's name to filter resources by; undefined for the local AWS, which has one stack. */
export const stackMeant = ({ stack = defaultStack, local }: TargetOptions): string | undefined =>
  local ? undefined : stack;

/** Chooses the deployment, and points this process's SDK clients to it. */
export function enterTarget(options: TargetOptions): ChosenTarget {
  const target = chooseTarget(options, process.env, readOutputs(outputsFileIn(options.stateDir)));
  if (target.kind === 'local') {
    const endpoint = { url: target.outputs.awsEndpoint, caFile: target.outputs.caFile };
    process.env = awsEnvironment(endpoint, process.env);
    trust(endpoint);
  } else {
    followAwsCli(options);
  }
  return target;
}

/** Applies what the AWS CLI honours and the SDK for JavaScript does not: AWS_DEFAULT_REGION and AWS_CA_BUNDLE. */
function followAwsCli({ profile, region }: TargetOptions): void {
  const chosenRegion = region ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
  if (profile) process.env['AWS_PROFILE'] = profile;
  if (chosenRegion) process.env['AWS_REGION'] = chosenRegion;
  const caFile = process.env['AWS_CA_BUNDLE'];
  if (caFile && existsSync(caFile)) trust({ url: '', caFile });
}
