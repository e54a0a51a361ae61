import { createPrivateKey, randomUUID } from 'node:crypto';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { readSecretValue } from '../../lambdas/domain/provider/secret.ts';
import type { VerificationKey } from '../../lambdas/domain/signature/key.ts';
import { mistakeText } from '../../lambdas/domain/signature/mistake-text.ts';
import type { UnixMillis } from '../../lambdas/domain/time.ts';
import { named } from '../../testing/samples/named.ts';
import { sampleOf } from '../../testing/samples/sample-of.ts';
import { withType } from '../../testing/samples/with-type.ts';
import type { Draft } from '../../testing/signing/draft.ts';
import { assertSignable, signRequest } from '../../testing/signing/sign-request.ts';
import { beyond, signsTime } from '../../testing/signing/signed-time.ts';
import { tampered } from '../../testing/signing/tamper.ts';
import { RefusedError, UsageError } from '../terminal/errors.ts';
import { readFile } from '../terminal/read-file.ts';

/** The options of `hookline send` that shape the request. */
export interface SendOptions {
  readonly body?: string;
  readonly contentType?: string;
  readonly type?: string;
  readonly privateKey?: string;
  readonly stale?: boolean;
  readonly tamper?: boolean;
}

/** The provider to imitate, and its secret. */
export interface Sender {
  readonly slug: string;
  readonly provider: Provider;
  /** The value of the secret. */
  readonly secret: string;
  /** The next step when the secret cannot sign. */
  readonly remedy: string;
  /** Seconds. */
  readonly tolerance: number;
}

/**
 * Builds a signed request.
 *
 * @param url the source's URL as the provider knows it
 * @throws RefusedError or CannotSignError with the next step
 */
export function requestToSend(sender: Sender, url: string, options: SendOptions, now: UnixMillis): Draft {
  assertSignable(sender.slug);
  const key = keyOf(sender);
  const at = options.stale ? staleTime(sender, key, now) : now;
  const sample = named(sampleOf(sender.slug, url, at), sender.provider);
  const typed = options.type === undefined ? sample : ofType(sample, sender, options);
  const draft = options.body === undefined ? typed : withBody(typed, options.body, options.contentType);
  const privateKey = options.privateKey ? createPrivateKey(readFile(options.privateKey)) : undefined;
  const signing = { key, at, messageId: randomUUID(), privateKey };
  const signed = signRequest(sender.slug, sender.provider, draft, signing);
  return options.tamper ? tampered(sender.slug, signed, signing.key) : signed;
}

function keyOf({ slug, provider, secret, remedy }: Sender): VerificationKey {
  const { value, mistake } = readSecretValue(secret, provider.secret);
  const [dated] = value?.keys ?? [];
  if (dated !== undefined) return dated.key;
  const seen = mistake === undefined ? '' : `: it holds ${mistakeText(mistake, provider.secret)}`;
  throw new RefusedError(
    `The secret has no value that ${slug} could sign with${seen}. Store the right one: ${remedy}`,
  );
}

function staleTime({ slug, provider, tolerance }: Sender, key: VerificationKey, now: UnixMillis): UnixMillis {
  if (signsTime(slug, provider, key)) return beyond(tolerance, now);
  throw new UsageError(
    `${slug} does not sign a timestamp, so a request is never too old: leave out --stale.`,
  );
}

/** Changes the type. With the caller's own body, only a type in a header can be changed. */
function ofType(sample: Draft, { slug, provider }: Sender, { type = '', body }: SendOptions): Draft {
  const typed = withType(sample, provider, type);
  if (typed === undefined)
    throw new UsageError(`The type cannot be set in the sample of ${slug}: pass a whole body with --body.`);
  if (body === undefined || typed.body === sample.body) return typed;
  throw new UsageError(`The type of ${slug} is in the body: write it into ${body}, and leave out --type.`);
}

/** Replaces the body by the exact bytes of a file. */
function withBody(sample: Draft, file: string, contentType: string | undefined): Draft {
  const type = contentType ?? sample.headers['content-type'] ?? 'application/json';
  return { ...sample, headers: { ...sample.headers, 'content-type': type }, body: readFile(file) };
}
