import type { Command } from 'commander';
import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { providerCalls } from '../../lambdas/adapters/http/provider-calls.ts';
import { s3Client } from '../../lambdas/adapters/s3/client.ts';
import { keptRefusals } from '../../lambdas/adapters/s3/kept-refusals.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import type { RefusalRecord } from '../../lambdas/domain/refusal-record.ts';
import { parseInstant, type UnixMillis, unixMillis } from '../../lambdas/domain/time.ts';
import { plainText } from '../../local/plain-text.ts';
import { readCapturedRequest } from '../explain/captured-request.ts';
import { type Diagnosis, diagnose } from '../explain/diagnose.ts';
import { describeDiagnosis } from '../explain/format.ts';
import type { ExplainedSource } from '../explain/judge.ts';
import { fetchingKeysOnce } from '../explain/keys-once.ts';
import { explainedSource, otherSecrets } from '../explain/source-secrets.ts';
import { getsSecretByHandshake, secretFormat } from '../secrets/check-value.ts';
import { secretFault } from '../secrets/mistakes.ts';
import { type Deployment, openDeployment, sourceOf } from '../stack/deployment.ts';
import type { TargetOptions } from '../stack/target.ts';
import { RefusedError, UsageError } from '../terminal/errors.ts';
import { nextCommand } from '../terminal/next-command.ts';
import { print } from '../terminal/print.ts';
import { readFile } from '../terminal/read-file.ts';
import { cell, instant, table } from '../terminal/table.ts';

interface Options extends TargetOptions {
  readonly request?: string;
  readonly at?: string;
}

/** `hookline explain`: explains why a request is refused. */
export function defineExplain(command: Command): void {
  command
    .argument('<source>', 'name of the source')
    .option('--request <file>', 'a captured request: raw HTTP, or JSON with headers and body')
    .option('--at <instant>', 'time of the request, e.g. 2026-11-25T10:00:00Z (default: now)')
    .action((name: string) => explain(name, command.optsWithGlobals()));
}

async function explain(name: string, options: Options): Promise<void> {
  const deployment = await openDeployment(options);
  const commandFor = (rest: string) => nextCommand(options, rest);
  const source = { ...(await explainedSource(sourceOf(deployment, name))), commandFor };
  const others = () => otherSecrets(deployment, name);
  const calls = fetchingKeysOnce(providerCalls());
  const look = (request: RawRequest, at: UnixMillis) => diagnose(request, source, at, calls, others);
  if (options.request === undefined) return explainKept(deployment, source, look, options);
  const request = readCapturedRequest(readFile(options.request), source.urls[0] ?? '');
  const diagnosis = await look(request, timeOf(options.at));
  print(options, diagnosis, describeDiagnosis(name, diagnosis));
  if (!diagnosis.verifies) throw new RefusedError(`${name} refuses this request.`);
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
    if (fault !== undefined) throw new RefusedError(`${name} accepts no request.`);
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

function timeOf(text: string | undefined): UnixMillis {
  const at = text === undefined ? unixMillis(Date.now()) : parseInstant(text);
  if (at === undefined) throw new UsageError(`--at is '${text}'; write it as 2026-11-25T10:00:00Z.`);
  return at;
}
