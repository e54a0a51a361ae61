import type { Command } from 'commander';
import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { catalogue, providerOf } from '../../lambdas/domain/provider/catalogue.ts';
import { sourceCheckDefaults } from '../../lambdas/domain/source-check-defaults.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import type { Draft } from '../../testing/signing/draft.ts';
import { secretVersions } from '../secrets/versions.ts';
import { requestToSend, type Sender, type SendOptions } from '../send/send-request.ts';
import { secretsClient } from '../stack/aws-clients.ts';
import { type DeployedSource, openDeployment, sourceOf } from '../stack/deployment.ts';
import { fetchWithReason } from '../stack/fetch-with-reason.ts';
import type { TargetOptions } from '../stack/target.ts';
import { RefusedError } from '../terminal/errors.ts';
import { nextCommand } from '../terminal/next-command.ts';
import { positiveNumber } from '../terminal/parse-arguments.ts';
import { print } from '../terminal/print.ts';
import { readFile } from '../terminal/read-file.ts';
import { cell } from '../terminal/table.ts';

type Options = TargetOptions & SendOptions & { readonly times: number; readonly secretFile?: string };

/** `hookline send`: sends an event signed as the source's provider signs. */
export function defineSend(command: Command): void {
  command
    .argument('<source>', 'name of a source; or of a provider, with a URL and --secret-file')
    .argument('[url]', 'URL to send to (default: the URL of the source)')
    .option(
      '--times <n>',
      'send the same request this many times; only the first runs the handler',
      positiveNumber,
      1,
    )
    .option('--tamper', 'change one signed byte; the request must be refused')
    .option('--stale', 'sign a timestamp outside the tolerance; the request must be refused')
    .option('--type <type>', 'event type (default: the sample’s)')
    .option('--secret-file <file>', 'sign with the secret in this file (default: the source’s secret)')
    .option('--body <file>', 'send exactly the bytes of this file (default: a sample)')
    .option('--content-type <type>', 'content type of --body')
    .option('--private-key <file>', 'private key in PEM, for a source that holds the public key')
    .action((name: string, url: string | undefined) => send(name, url, command.optsWithGlobals<Options>()));
}

async function send(name: string, url: string | undefined, options: Options): Promise<void> {
  const { sender, signedUrl, target } = await sendTarget(name, url, options);
  const request = requestToSend(sender, signedUrl, options, unixMillis(Date.now()));
  target.search = new URL(request.url).search;
  if (options.body !== undefined && !options.tamper && !readFile(options.body).equals(request.body))
    console.error(
      `${sender.slug} puts its signature in the body, so the body that was sent differs from ${options.body}.`,
    );
  const sent: Sent[] = [];
  for (let nth = 1; nth <= options.times; nth++) {
    const one = await sendOnce(request, target);
    sent.push(one);
    if (!options.json) console.log(`${nth}  ${one.status}  ${one.milliseconds} ms  ${cell(one.answer)}`);
  }
  if (options.json) print(options, sent, '');
  const mustBeRefused = options.tamper || options.stale;
  const isAsMeant = ({ status }: Sent) => (mustBeRefused ? status >= 400 && status < 500 : status < 300);
  if (!sent.every(isAsMeant))
    throw new RefusedError(
      mustBeRefused
        ? `${name} did not refuse it.`
        : `${name} did not accept it. To see why: ${nextCommand(options, `explain ${name}`)}`,
    );
}

interface SendTarget {
  readonly sender: Sender;
  /** The URL as the provider knows it. */
  readonly signedUrl: string;
  readonly target: URL;
}

async function sendTarget(name: string, url: string | undefined, options: Options): Promise<SendTarget> {
  const { secretFile } = options;
  const secret = secretFile === undefined ? undefined : readFile(secretFile).toString('utf8');
  if (secret !== undefined && url !== undefined && Object.hasOwn(catalogue, name))
    return { sender: ofProvider(name, secret, `in ${secretFile}.`), signedUrl: url, target: targetAt(url) };
  const source = sourceOf(await openDeployment(options), name);
  const target = targetAt(url ?? source.url);
  const mending = nextCommand(options, `secrets set ${name}`);
  return {
    sender: await senderOf(source, secret, secretFile === undefined ? mending : `in ${secretFile}.`),
    signedUrl: url ?? source.publicUrl ?? source.url,
    target,
  };
}

function targetAt(url: string): URL {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target !== undefined && /^https?:$/.test(target.protocol)) return target;
  throw new RefusedError(
    `'${url}' is not an HTTP URL: write all of it, as in https://hooks.example.com/github.`,
  );
}

/** For a URL that need not belong to Hookline. */
function ofProvider(slug: string, secret: string, remedy: string): Sender {
  const provider = providerOf({ name: slug, provider: slug });
  const tolerance = provider.tolerance ?? sourceCheckDefaults.tolerance;
  return { slug, provider, secret, remedy, tolerance };
}

async function senderOf(source: DeployedSource, given: string | undefined, remedy: string): Promise<Sender> {
  const { name, provider: slug, secretArn, checks } = source;
  const stored = () => secretVersions(secretsClient(patientCalls), secretArn).current();
  const secret = given ?? (await stored())?.value ?? '';
  const tolerance = checks?.tolerance ?? sourceCheckDefaults.tolerance;
  return { slug, provider: providerOf({ name, provider: slug, ...checks }), secret, remedy, tolerance };
}

/** API Gateway responds within this time in any case. */
const timeoutMs = 30_000;

/** The response to one request. */
interface Sent {
  readonly status: number;
  readonly milliseconds: number;
  readonly answer: string;
}

async function sendOnce(request: Draft, target: URL): Promise<Sent> {
  const startedAt = performance.now();
  const response = await post(request, target);
  const text = await response.text();
  const milliseconds = Math.round(performance.now() - startedAt);
  return { status: response.status, milliseconds, answer: text };
}

const post = ({ method, headers, body }: Draft, target: URL): Promise<Response> =>
  fetchWithReason(target, {
    method,
    headers,
    body: Buffer.from(body),
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
