import { join } from 'node:path';
import { bootstrap, projectRoot } from './cdk.ts';
import { type App, appDeployer, type Deployed, synthesiseApp } from './deployment.ts';
import { type AwsEndpoint, awsVariables, clientConfig } from './endpoint.ts';
import { type Ministack, startMinistack } from './ministack.ts';
import type { LocalOutputs } from './outputs.ts';
import { claimPort } from './ports.ts';
import { run } from './processes.ts';
import { type ShowProgress, silently } from './progress.ts';
import { ensureVenv } from './python.ts';
import { type StateDirectory, takeStateDirectory } from './state.ts';

export interface LocalAwsSettings {
  /** The CDK app to deploy, e.g. `bin/webhooks.ts`. */
  readonly app: string;
  /** Everything of this run goes in here, so that several run side by side. */
  readonly stateDir: string;
  /** IAM, resource policies and TLS enforced. */
  readonly strict: boolean;
  /** 0: any free one. */
  readonly port: number;
  /** Where the functions reach AWS: a recorder in front of it. @default the emulator itself */
  readonly functionEndpoint?: string;
  /** An AWS endpoint that already runs, to be used instead of starting one. */
  readonly endpoint?: AwsEndpoint;
  /** More CDK context for the app, as `cdk -c key=value`. */
  readonly context?: Readonly<Record<string, string>>;
  readonly progress?: ShowProgress;
  /** Gets what the emulator itself says: of functions that die, among other things. */
  readonly onEmulatorLine?: (line: string) => void;
  /** Stops a start that is under way; it then throws, with nothing left running. */
  readonly signal?: AbortSignal;
}

export interface LocalAws {
  readonly endpoint: AwsEndpoint;
  readonly outputs: LocalOutputs;
  readonly outputsFile: string;
  /** For SDK clients in this process, which trusts the endpoint's certificate by now. */
  readonly clientConfig: ReturnType<typeof clientConfig>;
  /** For other processes: the AWS CLI, any SDK. */
  readonly env: Readonly<Record<string, string>>;
  /** Synthesises and deploys again; the functions take the new code with their next event. */
  redeploy(): Promise<Deployed>;
  /** Resolves when the emulator has ended, wanted or not; never, for an endpoint that already ran. */
  readonly ended: Promise<void>;
  /** Ends everything that was started, and removes the outputs file. */
  stop(): Promise<void>;
}

/** One environment for all runs: it holds no state. */
const venv = join(projectRoot, '.local', 'venv');

/**
 * Brings up an AWS on this machine and deploys a CDK app into it, the way `cdk deploy` does it on AWS.
 *
 * State lives as long as it runs: each start begins empty.
 *
 * @throws LocalAwsError in one line, with nothing left running
 */
export async function startLocalAws(settings: LocalAwsSettings): Promise<LocalAws> {
  const progress = settings.progress ?? silently;
  const state = takeStateDirectory(settings.stateDir);
  const giveUp = new AbortController();
  const signal = AbortSignal.any([giveUp.signal, ...(settings.signal ? [settings.signal] : [])]);
  const app: App = { file: settings.app, context: settings.context ?? {}, state, signal };
  const emulator = { stop: async (): Promise<void> => undefined };
  const stop = async (): Promise<void> => {
    giveUp.abort();
    await emulator.stop();
    state.release();
  };

  try {
    const [aws] = await together(
      giveUp,
      bringUp(settings, state, progress, signal, emulator),
      progress('synthesise the app', () => synthesiseApp(app)),
    );
    const deploy = appDeployer(app, aws.endpoint);
    const { outputs } = await progress('deploy', deploy);
    const redeploy = () => synthesiseApp(app).then(deploy);
    return { ...describe(aws.endpoint, outputs, state), ended: aws.ended, stop, redeploy };
  } catch (error) {
    await stop();
    throw error;
  }
}

const describe = (endpoint: AwsEndpoint, outputs: LocalOutputs, state: StateDirectory) => ({
  endpoint,
  outputs,
  outputsFile: state.outputsFile,
  clientConfig: clientConfig(endpoint),
  env: awsVariables(endpoint),
});

type Running = Pick<Ministack, 'endpoint' | 'ended'>;

/** @param emulator gets the `stop` of what was started as soon as it is */
async function bringUp(
  settings: LocalAwsSettings,
  state: StateDirectory,
  progress: ShowProgress,
  signal: AbortSignal,
  emulator: { stop: () => Promise<void> },
): Promise<Running> {
  const start = async (): Promise<Running> => {
    const port = await claimPort(settings.port, '--port');
    const python = await ensureVenv(venv, progress, (command, args) =>
      run(command, args, { env: process.env, signal }),
    );
    signal.throwIfAborted();
    const ministack = await progress('start the emulator', () =>
      startMinistack({
        python,
        port,
        strict: settings.strict,
        directory: state.path,
        functionEndpoint: settings.functionEndpoint,
        onLine: settings.onEmulatorLine ?? (() => undefined),
      }),
    );
    emulator.stop = ministack.stop;
    return ministack;
  };
  const running = settings.endpoint
    ? { endpoint: settings.endpoint, ended: new Promise<void>(() => undefined) }
    : await start();
  signal.throwIfAborted();
  await progress('bootstrap', () => bootstrap(running.endpoint, state.path, signal));
  return running;
}

/** Waits for both, also when one fails: what the other one starts has to be stopped. */
async function together<A, B>(giveUp: AbortController, a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  const failures: unknown[] = [];
  for (const part of [a, b]) {
    part.catch((error: unknown) => {
      failures.push(error);
      giveUp.abort();
    });
  }
  await Promise.allSettled([a, b]);
  if (failures.length > 0) throw failures[0];
  return [await a, await b];
}
