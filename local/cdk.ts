import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { cdkFailure } from './cdk-failure.ts';
import { type AwsEndpoint, account, awsEnvironment, region } from './endpoint.ts';
import { LocalAwsError } from './failure.ts';
import { run } from './processes.ts';
import { projectRoot } from './project-root.ts';

interface CdkRun {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
}

/** Runs the project's own CDK command line tool, which also deploys to AWS. */
async function cdk(failure: string, args: readonly string[], options: CdkRun): Promise<void> {
  const quiet = { CDK_DISABLE_VERSION_CHECK: '1', CDK_DISABLE_CLI_TELEMETRY: 'true', NO_COLOR: '1' };
  const path = `${dirname(process.execPath)}:${process.env['PATH']}`;
  const env = { ...options.env, ...quiet, PATH: path, CI: 'true', FORCE_COLOR: undefined };
  const all = ['--no-notices', ...args];
  const { code, output } = await run(process.execPath, [cdkTool(), ...all], { ...options, env });
  if (code === 0) return;
  options.signal?.throwIfAborted();
  throw cdkFailure(failure, output);
}

function cdkTool(): string {
  try {
    const manifest = createRequire(join(projectRoot, 'package.json')).resolve('aws-cdk/package.json');
    return join(dirname(manifest), 'bin', 'cdk');
  } catch (cause) {
    throw new LocalAwsError('The project has no CDK command line tool: run npm i -D aws-cdk@2', { cause });
  }
}

/**
 * Makes the cloud assembly of an app as `cdk synth` does, with local endpoints allowed.
 *
 * @param app the file of the app, which Node runs; without one it is the app of `cdk.json`
 */
export async function synth(
  app: string | undefined,
  assembly: string,
  context: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<void> {
  const flags = Object.entries({ 'hookline:localEndpoints': 'true', ...context }).flatMap(([key, value]) => [
    '-c',
    `${key}=${value}`,
  ]);
  const named =
    app === undefined ? [] : ['--app', `node ${JSON.stringify(relative(projectRoot, resolve(app)))}`];
  const env = awsEnvironment(
    { url: 'http://127.0.0.1:1' },
    { ...process.env, CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region },
  );
  await cdk(
    `${app ?? 'The app of cdk.json'} does not synthesise`,
    ['synth', '--quiet', ...named, '--output', assembly, ...flags],
    { env, cwd: projectRoot, signal },
  );
}

/** Makes the CDK's own stack (assets bucket, roles), which every deploy needs first. */
export async function bootstrap(endpoint: AwsEndpoint, cwd: string, signal?: AbortSignal): Promise<void> {
  // Runs outside of the project, whose cdk.json would synthesise the app for this.
  await cdk('The bootstrap was refused', ['bootstrap', `aws://${account}/${region}`], {
    env: awsEnvironment(endpoint, process.env),
    cwd,
    signal,
  });
}

/** Outputs by stack, as `cdk deploy --outputs-file` writes them. */
export type StackOutputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/**
 * Deploys an assembly.
 *
 * @throws LocalAwsError with the emulator's own message when it refuses something
 */
export async function deploy(
  endpoint: AwsEndpoint,
  assembly: string,
  signal?: AbortSignal,
): Promise<StackOutputs> {
  const outputsFile = join(assembly, 'outputs.json');
  const args = [
    'deploy',
    '--progress',
    'events',
    '--all',
    '--app',
    assembly,
    '--require-approval',
    'never',
    '--outputs-file',
    outputsFile,
  ];
  await cdk('The deploy was refused', args, {
    env: awsEnvironment(endpoint, process.env),
    cwd: projectRoot,
    signal,
  });
  return JSON.parse(readFileSync(outputsFile, 'utf8'));
}
