import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { awsVariables } from '../../local/endpoint.ts';
import { cpuOf, megabytesOf } from '../own-processes.ts';
import { type BuiltFunction, queueHost } from './assembly.ts';
import { type Invoked, startRuntimeApi } from './runtime-api.ts';

interface Where {
  /** Of the stand-in of AWS. */
  readonly awsUrl: string;
  /** For the logs. */
  readonly folder: string;
  /** For a CPU profile of the process; undefined for none, which costs processor time itself. */
  readonly profiles?: string;
}

/** Starts a process of a function and waits until it asks for its first event. */
export async function startFunction(built: BuiltFunction, nth: number, { awsUrl, folder, profiles }: Where) {
  const api = await startRuntimeApi(built.timeoutSeconds);
  const logFile = join(folder, `${built.name}-${nth}.log`);
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, argumentsOf(built, profiles), {
    stdio: ['ignore', log, log],
    env: environmentOf(built, api.host, awsUrl),
  });
  closeSync(log);
  const pid = child.pid ?? 0;
  const logText = () => readFileSync(logFile, 'utf8');
  const ended = once(child, 'exit');
  const failed = ended.then(() => {
    throw new Error(`the process of ${built.name} ended:\n${logText().slice(-2000)}`);
  });
  failed.catch(() => undefined);
  await Promise.race([api.isAskedFirst, failed]);
  let [cpuBefore, logBefore] = [0, 0];
  return {
    built,
    /** Invokes the function; one call at a time. @throws when its process has ended */
    invoke: (event: object): Promise<Invoked> => Promise.race([api.invoke(event), failed]),
    /** Begins the measurement. */
    mark(): void {
      cpuBefore = cpuOf(pid) ?? 0;
      logBefore = logText().length;
    },
    /** Processor time since `mark`, in milliseconds. */
    cpuMs: () => (cpuOf(pid) ?? Number.NaN) - cpuBefore,
    megabytes: () => megabytesOf(pid),
    /** What it logged since `mark`. */
    log: () => logText().slice(logBefore),
    async stop(): Promise<void> {
      child.kill('SIGTERM');
      await ended;
      api.close();
    },
  };
}
export type RunningFunction = Awaited<ReturnType<typeof startFunction>>;

const argumentsOf = ({ name }: BuiltFunction, profiles: string | undefined): readonly string[] => [
  ...(profiles === undefined
    ? []
    : ['--cpu-prof', '--cpu-prof-interval', '200', '--cpu-prof-dir', join(profiles, name)]),
  join(import.meta.dirname, 'function-process.ts'),
];

/** The function's variables and Lambda's own. */
function environmentOf(
  { name, directory, variables }: BuiltFunction,
  api: string,
  awsUrl: string,
): Record<string, string> {
  const own = Object.entries(variables).map(([key, value]) => [key, value.replace(queueHost, awsUrl)]);
  return {
    ...Object.fromEntries(own),
    ...awsVariables({ url: awsUrl }),
    AWS_LAMBDA_RUNTIME_API: api,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    LAMBDA_TASK_ROOT: directory,
    _HANDLER: `${name}.handler`,
  };
}
