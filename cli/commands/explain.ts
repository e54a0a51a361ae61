import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { providerCalls } from '../../lambdas/adapters/http/provider-calls.ts';
import { s3Client } from '../../lambdas/adapters/s3/client.ts';
import { keptRefusals } from '../../lambdas/adapters/s3/kept-refusals.ts';
import { secretsClient } from '../../lambdas/adapters/secrets/client.ts';
import { providerOf } from '../../lambdas/domain/provider/catalogue.ts';
import type { KeyResponse, ProviderCalls } from '../../lambdas/domain/provider/check.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import type { RefusalRecord } from '../../lambdas/domain/refusal-record.ts';
import type { SourceSettings } from '../../lambdas/domain/source.ts';
import { parseInstant, seconds, type UnixMillis, unixMillis } from '../../lambdas/domain/time.ts';
import { sourceDefaults } from '../../lib/settings.ts';
import { plainText } from '../../local/plain-text.ts';
import { readCapturedRequest } from '../explain/captured-request.ts';
import { type Diagnosis, diagnose, type OtherSecret } from '../explain/diagnose.ts';
import type { ExplainedSource } from '../explain/judge.ts';
import { getsSecretByHandshake, secretFormat } from '../secrets/check-value.ts';
import { secretFault } from '../secrets/mistakes.ts';
import { secretVersions } from '../secrets/versions.ts';
import { type DeployedSource, type Deployment, openDeployment, sourceOf } from '../stack/deployment.ts';
import type { TargetOptions } from '../stack/target.ts';
import { RefusedError, UsageError } from '../terminal/errors.ts';
import { nextCommand } from '../terminal/next-command.ts';
import { print } from '../terminal/print.ts';
import { cell, instant, table } from '../terminal/table.ts';

interface Options extends TargetOptions {
  readonly request?: string;
  readonly at?: string;
}

/** `hookline explain`: why a request is refused. */
export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .description('explain why a request was refused: the latest that the source kept, or one from a file')
    .argument('<source>', 'name of the source')
    .option('--request <file>', 'a captured request: raw HTTP, or JSON with headers and body')
    .option('--at <instant>', 'time of the request, e.g. 2026-11-25T10:00:00Z (default: now)')
    .action((name: string, _options: unknown, command: Command) => explain(name, command.optsWithGlobals()));
}

async function explain(name: string, options: Options): Promise<void> {
  const deployment = await openDeployment(options);
  const commandFor = (rest: string) => nextCommand(options, rest);
  const source = { ...(await explainedSource(sourceOf(deployment, name))), commandFor };
  const others = () => otherSecrets(deployment, name);
  const calls = askingOnce(providerCalls());
  const look = (request: RawRequest, at: UnixMillis) => diagnose(request, source, at, calls, others);
  if (options.request === undefined) return explainKept(deployment, source, look, options);
  const request = readCapturedRequest(readFile(options.request), source.urls[0] ?? '');
  const diagnosis = await look(request, timeOf(options.at));
  print(options, diagnosis, describeDiagnosis(name, diagnosis));
  if (!diagnosis.verifies) throw new RefusedError(`${name} refuses this request.`);
}

/** The same key is needed for each mistake that is tried. */
function askingOnce(calls: ProviderCalls): ProviderCalls {
  const asked = new Map<string, Promise<KeyResponse>>();
  return {
    roots: calls.roots,
    visit: calls.visit,
    fetchKey(url, json, client) {
      const name = `${url.href} ${JSON.stringify(json)} ${JSON.stringify(client)}`;
      const answer = asked.get(name) ?? calls.fetchKey(url, json, client);
      asked.set(name, answer);
      return answer;
    },
  };
}

type Look = (request: RawRequest, at: UnixMillis) => Promise<Diagnosis>;

async function explainKept(
  deployment: Deployment,
  source: ExplainedSource,
  look: Look,
  options: Options,
): Promise<void> {
  const { name, provider } = source.settings;
  const fault = secretFault(source.current?.value, secretFormat(provider));
  const showFault = () => {
    if (fault === undefined) return;
    const command = nextCommand(
      options,
      `secrets ${getsSecretByHandshake(provider) ? 'await' : 'set'} ${name}`,
    );
    console.error(plainText(`The secret of ${name}: ${fault}.\n    ${command}`));
  };
  const records = await keptRefusals(s3Client(patientCalls), deployment.payloadBucket, name);
  const none = `No refused request of ${name} was kept in the last 35 days.`;
  if (options.json || records.length === 0) {
    showFault();
    print(options, records, none);
    if (fault !== undefined) throw new RefusedError(`${name} takes no request.`);
    return;
  }
  console.log(table(['at', 'status', 'why', 'from', 'body', 'headers'], records.map(rowOf)));
  const whole = records.find(({ request }) => request?.bodyBase64 !== undefined);
  if (whole?.request === undefined) {
    showFault();
    return console.log(onlyFacts(name, records));
  }
  const diagnosis = await look(requestIn(whole), unixMillis(whole.at));
  console.log(`\nThe request of ${instant(unixMillis(whole.at))}:\n${describeDiagnosis(name, diagnosis)}`);
  if (!diagnosis.verifies) throw new RefusedError(`${name} refuses this request.`);
}

function onlyFacts(name: string, records: readonly RefusalRecord[]): string {
  const capture = 'For a diagnosis, capture a request and pass it with --request';
  const leftOut = new Set(records.flatMap(({ request }) => request?.leftOut ?? []));
  return leftOut.size === 0
    ? `Only the facts above are kept. ${capture}, or set keepRefusedRequests: true for ${name}.`
    : `These requests were kept without ${[...leftOut].join(', ')}. ${capture}.`;
}

const rowOf = ({ at, status, error, reason, sourceIp, bodyBytes, headerNames }: RefusalRecord): string[] => [
  instant(unixMillis(at)),
  String(status),
  cell(`${error}: ${reason}`),
  cell(sourceIp),
  `${bodyBytes} bytes`,
  cell(headerNames.join(' ')),
];

const requestIn = ({ request, method, sourceIp }: RefusalRecord): RawRequest => ({
  method,
  sourceIp,
  url: request?.url ?? '',
  headers: new Map(Object.entries(request?.headers ?? {})),
  body: Buffer.from(request?.bodyBase64 ?? '', 'base64'),
});

/** As a person reads it. */
function describeDiagnosis(name: string, { verifies, findings, likely, otherwise }: Diagnosis): string {
  const lines = findings.flatMap(({ check, ok, detail }) => {
    const [first, ...more] = detail.split('\n');
    return [`${ok ? '✔' : '✘'} ${check.padEnd(10)} ${first}`, ...more.map((line) => `             ${line}`)];
  });
  const advice = likely.length > 0 ? likely : [otherwise].filter((line) => line !== undefined);
  return plainText([...lines, '', ...(verifies ? [`${name} accepts this request.`] : advice)].join('\n'));
}

async function explainedSource(source: DeployedSource): Promise<ExplainedSource> {
  const { name, provider: slug, checks, secretArn, url, publicUrl } = source;
  const versions = secretVersions(secretsClient(patientCalls), secretArn);
  const [current, previous] = await Promise.all([versions.current(), versions.previous()]);
  return {
    settings: { ...defaults, ...checks, name, provider: slug, publicUrl },
    provider: providerOf({ name, provider: slug, ...checks }),
    current,
    previous,
    urls: [publicUrl, url].filter((known) => known !== undefined),
  };
}

/** Of what the outputs of an older stack leave open, and of what no check needs. */
const defaults: Omit<SourceSettings, 'name' | 'provider'> = {
  tolerance: seconds(sourceDefaults.tolerance.toSeconds()),
  rotationOverlap: seconds(sourceDefaults.rotationOverlap.toSeconds()),
  maxBodyBytes: sourceDefaults.maxBodyBytes,
  eventId: 'provider',
  allowedCidrs: [],
  handlerRetryDelays: [],
  lease: seconds(0),
  retention: seconds(0),
  handshakeWindow: seconds(0),
};

/** One after the other: a stack may have sixty, and Secrets Manager has its limits. */
async function otherSecrets({ sources }: Deployment, name: string): Promise<OtherSecret[]> {
  const found: OtherSecret[] = [];
  for (const other of Object.values(sources).filter((source) => source.name !== name)) {
    const current = await secretVersions(secretsClient(patientCalls), other.secretArn).current();
    const provider = providerOf({ name: other.name, provider: other.provider, ...other.checks });
    if (current !== undefined) found.push({ source: other.name, provider, value: current.value });
  }
  return found;
}

function timeOf(text: string | undefined): UnixMillis {
  const at = text === undefined ? unixMillis(Date.now()) : parseInstant(text);
  if (at === undefined) throw new UsageError(`--at is '${text}'; write it as 2026-11-25T10:00:00Z.`);
  return at;
}

function readFile(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new RefusedError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}
