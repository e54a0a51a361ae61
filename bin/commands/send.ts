import type { Command } from 'commander';
import { patientCalls } from '../../lambdas/adapters/aws/call-bounds.ts';
import { secretsClient } from '../../lambdas/adapters/aws/secrets-client.ts';
import { providerOf } from '../../lambdas/domain/provider/catalogue.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { sourceDefaults } from '../../lib/settings.ts';
import { positiveNumber } from '../arguments.ts';
import { type DeployedSource, openDeployment, sourceOf } from '../deployment.ts';
import { RefusedError } from '../refusal.ts';
import { secretVersions } from '../secret-versions.ts';
import { requestToSend, type Sender, type SendOptions } from '../send-request.ts';
import type { Draft } from '../signing/draft.ts';
import { cell } from '../table.ts';
import type { TargetOptions } from '../target.ts';

type Options = TargetOptions & SendOptions & { readonly times: number };

/** `hookline send`: an event as the provider of a source would send it. */
export function addSendCommand(program: Command): void {
  program
    .command('send')
    .description("sign a realistic event with a source's secret, as its provider does, and send it")
    .argument('<source>', "a source's name")
    .argument('[url]', 'where to; the source’s own URL without it')
    .option(
      '--times <n>',
      'send the same request so often: only the first runs the handler',
      positiveNumber,
      1,
    )
    .option('--tamper', 'change one byte of what was signed: it must be refused')
    .option('--stale', 'sign a timestamp beyond the tolerance: it must be refused')
    .option('--body <file>', 'send these bytes, exactly, instead of the sample')
    .option('--content-type <type>', 'of --body')
    .option('--private-key <file>', 'PEM, where the source holds the public key')
    .action((name: string, url: string | undefined, _options: unknown, command: Command) =>
      send(name, url, command.optsWithGlobals<Options>()),
    );
}

async function send(name: string, url: string | undefined, options: Options): Promise<void> {
  const source = sourceOf(await openDeployment(options), name);
  const known = url ?? source.publicUrl ?? source.url;
  const request = await requestToSend(await senderOf(source), known, options, unixMillis(Date.now()));
  const target = new URL(url ?? source.url);
  target.search = new URL(request.url).search;
  const statuses: number[] = [];
  for (let nth = 1; nth <= options.times; nth++) statuses.push(await sendOnce(request, target, nth));
  const mustBeRefused = options.tamper || options.stale;
  const isAsMeant = (status: number) => (mustBeRefused ? status >= 400 && status < 500 : status < 300);
  if (!statuses.every(isAsMeant))
    throw new RefusedError(
      mustBeRefused
        ? `${name} did not refuse it.`
        : `${name} did not take it: hookline explain ${name} says why a request is refused.`,
    );
}

async function senderOf(source: DeployedSource): Promise<Sender> {
  const { name, provider: slug, secretArn, checks } = source;
  const current = await secretVersions(secretsClient(patientCalls), secretArn).current();
  const tolerance = checks?.tolerance ?? sourceDefaults.tolerance.toSeconds();
  const provider = providerOf({ name, provider: slug, ...checks });
  return { slug, provider, secret: current?.value ?? '', tolerance };
}

async function sendOnce(request: Draft, target: URL, nth: number): Promise<number> {
  const startedAt = performance.now();
  const response = await post(request, target);
  const answer = await response.text();
  const milliseconds = Math.round(performance.now() - startedAt);
  console.log(`${nth}  ${response.status}  ${milliseconds} ms  ${cell(answer)}`);
  return response.status;
}

async function post({ method, headers, body }: Draft, target: URL): Promise<Response> {
  try {
    return await fetch(target, { method, headers, body: Buffer.from(body), redirect: 'manual' });
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new RefusedError(`${target.origin} does not answer: ${cause}.`);
  }
}
