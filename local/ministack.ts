import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { makeCertificate, type TlsFiles } from './certificate.ts';
import { type AwsEndpoint, notProxied, region, trust } from './endpoint.ts';
import { LocalAwsError } from './failure.ts';
import { host } from './ports.ts';
import { killGroup } from './processes.ts';

/** Which role used which permission on what, a JSON array a line; written where IAM is enforced. */
export const usedPermissionsFileIn = (directory: string): string => join(directory, 'used-permissions.jsonl');

/** The time that it gets to start: a second suffices on an idle machine, not on a busy one. */
const startTimeoutMs = 60_000;

export interface MinistackSettings {
  /** The `python` of the environment that has ministack. */
  readonly python: string;
  readonly port: number;
  /** Whether every call is checked against IAM and resource policies, over TLS. */
  readonly strict: boolean;
  /** The directory for its log and its certificate. */
  readonly directory: string;
  /** The URL at which the functions reach it, e.g. of a recorder in front of it. @default the emulator itself */
  readonly functionEndpoint?: string;
  /** Gets each line of its log. */
  readonly onLine: (line: string) => void;
}

export interface Ministack {
  readonly endpoint: AwsEndpoint;
  /** Resolves when the process has ended for any reason. */
  readonly ended: Promise<void>;
  /** Ends it and every function process. Its state is in memory only, so there is nothing to wait for. */
  stop(): Promise<void>;
}

/**
 * Starts the emulator and waits until it responds.
 *
 * Runs it with hypercorn rather than with its own `main`, which in TLS mode also takes port 443 if it can, so that a second
 * one could not have it.
 *
 * @throws LocalAwsError with the last line of its log when it does not come up
 */
export async function startMinistack(settings: MinistackSettings): Promise<Ministack> {
  const tls = settings.strict
    ? await makeCertificate(settings.python, join(settings.directory, 'tls'))
    : undefined;
  const endpoint: AwsEndpoint = {
    url: `${tls ? 'https' : 'http'}://${host}:${settings.port}`,
    ...(tls ? { caFile: tls.bundle } : {}),
  };
  trust(endpoint);
  // Outside of the project, because functions run here and must not find its node_modules or package.json.
  const scratch = mkdtempSync(join(tmpdir(), 'hookline-'));
  const child = spawn(settings.python, serverArguments(settings.port, tls), {
    cwd: scratch,
    env: {
      ...ministackVariables(settings.port, scratch, settings.functionEndpoint ?? endpoint.url),
      ...tlsVariables(tls, settings.directory),
    },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const log = followOutput(child, join(settings.directory, 'ministack.log'), settings.onLine);
  const ended = once(child, 'exit')
    .catch(() => undefined)
    .then(() => {
      killGroup(child.pid);
      rmSync(scratch, { recursive: true, force: true });
    });
  const stop = async (): Promise<void> => {
    killGroup(child.pid);
    await ended;
  };
  if (await answersBefore(endpoint, ended)) return { endpoint, ended, stop };
  await stop();
  throw new LocalAwsError(`The emulator did not start: ${log.last()} (log: ${log.file})`);
}

function serverArguments(port: number, tls: TlsFiles | undefined): string[] {
  // The functions are its child processes and end with it.
  const server = [join(import.meta.dirname, 'run-emulator.py'), '--workers', '0'];
  const listen = ['--bind', `${host}:${port}`, '--keep-alive', '75', '--log-level', 'WARNING'];
  return [...server, ...listen, ...(tls ? ['--certfile', tls.certificate, '--keyfile', tls.key] : [])];
}

/** Takes over little of the user's environment, because every function inherits it. */
function ministackVariables(port: number, scratch: string, functionEndpoint: string): NodeJS.ProcessEnv {
  const { HOME, LANG, PATH } = process.env;
  // Receivers read certificates and keys from their providers, through the user's proxy where there is one.
  const { HTTPS_PROXY, NODE_USE_ENV_PROXY } = process.env;
  return {
    HOME,
    LANG,
    ...(HTTPS_PROXY && { HTTPS_PROXY, NODE_USE_ENV_PROXY, NO_PROXY: notProxied(process.env) }),
    // Functions are `node` processes from this path: the project's Node, the same version as Lambda's.
    PATH: `${dirname(process.execPath)}:${PATH}`,
    TZ: 'UTC',
    TMPDIR: scratch,
    STATE_DIR: join(scratch, 'state'),
    S3_DATA_DIR: join(scratch, 's3'),
    BIND_HOST: host,
    GATEWAY_PORT: String(port),
    MINISTACK_HOST: host,
    MINISTACK_REGION: region,
    LOG_LEVEL: 'WARNING',
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    AWS_ENDPOINT_URL: functionEndpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

function tlsVariables(tls: TlsFiles | undefined, directory: string): NodeJS.ProcessEnv {
  if (tls === undefined) return {};
  return {
    USED_PERMISSIONS_FILE: usedPermissionsFileIn(directory),
    AUTH: 'true',
    USE_SSL: '1',
    // `aws cloudtrail lookup-events` then lists which role called what.
    CLOUDTRAIL_RECORDING: '1',
    MINISTACK_SSL_CERT: tls.certificate,
    MINISTACK_SSL_KEY: tls.key,
    NODE_EXTRA_CA_CERTS: tls.bundle,
  };
}

function followOutput(child: ChildProcess, file: string, onLine: (line: string) => void) {
  const stream = createWriteStream(file);
  let last = 'it printed nothing';
  for (const input of [child.stdout, child.stderr]) {
    if (input === null) continue;
    createInterface({ input }).on('line', (line) => {
      if (line.trim() !== '') last = line;
      stream.write(`${line}\n`);
      onLine(line);
    });
  }
  child.once('close', () => stream.end());
  return { file, last: () => last };
}

async function answersBefore(endpoint: AwsEndpoint, ended: Promise<void>): Promise<boolean> {
  const giveUp = new AbortController();
  void ended.then(() => giveUp.abort());
  const end = Date.now() + startTimeoutMs;
  while (!giveUp.signal.aborted && Date.now() < end) {
    if (await answers(endpoint)) return true;
    await pause(50);
  }
  return false;
}

/** Whether anything responds there. */
export async function answers(endpoint: AwsEndpoint): Promise<boolean> {
  try {
    await fetch(new URL('/_ministack/health', endpoint.url), { signal: AbortSignal.timeout(2000) });
    return true;
  } catch {
    return false;
  }
}
