import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Endpoint, region, trust } from './endpoint.ts';
import { LocalAwsError } from './failure.ts';
import { host } from './ports.ts';
import { killGroup, run } from './processes.ts';

/** It answers within a second on an idle machine; a busy one gets time. */
const startTimeoutMs = 60_000;

export interface MinistackSettings {
  /** The `python` of the environment that has ministack. */
  readonly python: string;
  readonly port: number;
  /** Every call is checked against IAM and resource policies, over TLS. */
  readonly strict: boolean;
  /** Everything that it writes goes in here. */
  readonly directory: string;
}

export interface Ministack {
  readonly endpoint: Endpoint;
  /** Resolves when the process has ended, wanted or not. */
  readonly ended: Promise<void>;
  /** Ends it and every function process. Its state is in memory and goes with it, so there is nothing to wait for. */
  stop(): Promise<void>;
}

/**
 * Starts the emulator and waits until it answers.
 *
 * It is served by hypercorn rather than by its own `main`, which in TLS mode also takes port 443 when it can, so that
 * a second one beside it would not get it.
 *
 * @throws LocalAwsError with the last line of its log when it does not come up
 */
export async function startMinistack(settings: MinistackSettings): Promise<Ministack> {
  const directory = join(settings.directory, 'ministack');
  mkdirSync(join(directory, 'tmp'), { recursive: true });
  const tls = settings.strict ? await makeCertificate(settings.python, directory) : undefined;
  const endpoint: Endpoint = {
    url: `${tls ? 'https' : 'http'}://${host}:${settings.port}`,
    ...(tls ? { caFile: tls.bundle } : {}),
  };
  trust(endpoint);

  const logFile = join(directory, 'ministack.log');
  const log = openSync(logFile, 'w');
  const args = [join(import.meta.dirname, 'run-emulator.py'), 'ministack.app:app', '--workers', '0'];
  args.push('--bind', `${host}:${settings.port}`, '--keep-alive', '75', '--log-level', 'WARNING');
  if (tls) args.push('--certfile', tls.certificate, '--keyfile', tls.key);
  const child = spawn(settings.python, args, {
    cwd: directory,
    env: { ...ministackVariables(settings, directory, endpoint), ...tlsVariables(tls) },
    detached: true,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  const ended = once(child, 'exit').then(() => killGroup(child.pid));
  const stop = async (): Promise<void> => {
    killGroup(child.pid);
    await ended;
  };
  if (await answersBefore(endpoint, ended)) return { endpoint, ended, stop };
  await stop();
  const reason = readFileSync(logFile, 'utf8').trim().split('\n').at(-1);
  throw new LocalAwsError(`The emulator did not start: ${reason || 'it said nothing'} (log: ${logFile})`);
}

/** Little of the user's environment goes in, because every function inherits what is here. */
function ministackVariables(
  settings: MinistackSettings,
  directory: string,
  endpoint: Endpoint,
): NodeJS.ProcessEnv {
  const { HOME, LANG, PATH } = process.env;
  return {
    HOME,
    LANG,
    // Functions are plain `node` processes, found here: the project's Node, which is Lambda's.
    PATH: `${dirname(process.execPath)}:${PATH}`,
    TZ: 'UTC',
    BIND_HOST: host,
    GATEWAY_PORT: String(settings.port),
    MINISTACK_HOST: host,
    MINISTACK_REGION: region,
    STATE_DIR: join(directory, 'state'),
    S3_DATA_DIR: join(directory, 's3'),
    TMPDIR: join(directory, 'tmp'),
    LOG_LEVEL: 'WARNING',
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    AWS_ENDPOINT_URL: endpoint.url,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  /** The certificate, and what the user's Node trusts in addition. */
  readonly bundle: string;
}

function tlsVariables(tls: TlsFiles | undefined): NodeJS.ProcessEnv {
  if (tls === undefined) return {};
  return {
    AUTH: 'true',
    USE_SSL: '1',
    MINISTACK_SSL_CERT: tls.certificate,
    MINISTACK_SSL_KEY: tls.key,
    NODE_EXTRA_CA_CERTS: tls.bundle,
  };
}

async function makeCertificate(python: string, directory: string): Promise<TlsFiles> {
  const script = join(import.meta.dirname, 'make-certificate.py');
  const { code, output } = await run(python, [script, directory], { env: process.env });
  if (code !== 0)
    throw new LocalAwsError(`No certificate could be made: ${output.trim().split('\n').at(-1)}`);
  const certificate = join(directory, 'certificate.pem');
  const bundle = join(directory, 'ca.pem');
  const extra = process.env['NODE_EXTRA_CA_CERTS'];
  const others = extra !== undefined && existsSync(extra) ? readFileSync(extra, 'utf8') : '';
  writeFileSync(bundle, `${readFileSync(certificate, 'utf8')}\n${others}`);
  return { certificate, key: join(directory, 'key.pem'), bundle };
}

async function answersBefore(endpoint: Endpoint, ended: Promise<void>): Promise<boolean> {
  const giveUp = new AbortController();
  void ended.then(() => giveUp.abort());
  const end = Date.now() + startTimeoutMs;
  while (!giveUp.signal.aborted && Date.now() < end) {
    if (await answers(endpoint)) return true;
    await pause(50);
  }
  return false;
}

/** Whether anything at all answers there. */
export async function answers(endpoint: Endpoint): Promise<boolean> {
  try {
    await fetch(new URL('/_ministack/health', endpoint.url), { signal: AbortSignal.timeout(2000) });
    return true;
  } catch {
    return false;
  }
}
