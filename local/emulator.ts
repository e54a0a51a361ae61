import { join } from 'node:path';
import { bootstrap } from './cdk.ts';
import { type App, appDeployer, type Deployed, synthesiseApp } from './deployment.ts';
import { type AwsEndpoint, awsVariables, clientConfig } from './endpoint.ts';
import { type Ministack, startMinistack } from './ministack.ts';
import type { LocalOutputs } from './outputs.ts';
import { claimPort } from './ports.ts';
import { run } from './processes.ts';
import { type ShowProgress, silently } from './progress.ts';
import { projectRoot } from './project-root.ts';
import { ensureVenv } from './python.ts';
import { type StateDirectory, takeStateDirectory } from './state.ts';

export interface LocalAwsSettings {
  /** The CDK app to deploy, e.g. `bin/webhooks.ts`. @default the app of `cdk.json` */
  readonly app?: string;
  /** The directory for all files of this run, so that several can run side by side. */
  readonly stateDir: string;
  /** Whether to enforce IAM, resource policies and TLS. */
  readonly strict: boolean;
  /** 0 for any free port. */
  readonly port: number;
  /** The URL at which the functions reach AWS, e.g. of a recorder in front of it. @default the emulator itself */
  readonly functionEndpoint?: string;
  /** A running AWS endpoint to use instead of starting one. */
  readonly endpoint?: AwsEndpoint;
  /** More CDK context for the app, as with `cdk -c key=value`. */
  readonly context?: Readonly<Record<string, string>>;
  readonly progress?: ShowProgress;
  /** Gets the emulator's own log lines, e.g. about functions that die. */
  readonly onEmulatorLine?: (line: string) => void;
  /** Stops a start; it then throws, with nothing left running. */
  readonly signal?: AbortSignal;
}

export interface LocalAws {
  readonly endpoint: AwsEndpoint;
  readonly outputs: LocalOutputs;
  readonly outputsFile: string;
  /** The configuration of SDK clients in this process, which trusts the endpoint's certificate by now. */
  readonly clientConfig: ReturnType<typeof clientConfig>;
  /** The environment for other processes: the AWS CLI, any SDK. */
  readonly env: Readonly<Record<string, string>>;
  /** Synthesises and deploys again. The functions use the new code from their next event on. */
  redeploy(): Promise<Deployed>;
  /** Resolves when the emulator has ended for any reason; never for an endpoint that already ran. */
  readonly ended: Promise<void>;
  /** Ends everything that was started, and removes the outputs file. */
  stop(): Promise<void>;
}

/** The Python environment, the same for all runs because it holds no state. */
const venv = join(projectRoot, '.local', 'venv');

/**
 * Starts an AWS on this machine and deploys a CDK app into it, as `cdk deploy` does on AWS.
 *
 * State is lost when it ends: each start begins empty.
 *
 * @throws LocalAwsError with a message of one line; nothing is left running
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

/** Waits for both even if one fails, because what the other one starts has to be stopped. */
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
