import { ownOf } from '../../lambdas/domain/own-property.ts';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { parseSecretValue, readSecretValue } from '../../lambdas/domain/provider/secret.ts';
import type { SecretFormat } from '../../lambdas/domain/signature/key.ts';
import { mistakeText } from '../../lambdas/domain/signature/mistake-text.ts';
import { days, later, type UnixMillis } from '../../lambdas/domain/time.ts';
import { isQuoted } from './mistakes.ts';

/** What a source has unless its settings say otherwise, and what sending has. */
const rotationOverlap = days(1);

/** One version of a secret. */
export interface Version {
  readonly value: string;
  readonly createdAt: UnixMillis;
}

/** What is to be stored, and over what. */
export interface SecretChange {
  readonly format: SecretFormat;
  /** The stack's own secret, which signs; the others verify. */
  readonly signs: boolean;
  readonly value: string;
  readonly current: Version | undefined;
  readonly previous: Version | undefined;
  readonly now: UnixMillis;
}

/** What to do about a change. */
export type ChangeDecision =
  | {
      readonly kind: 'store';
      /** Until then the key that is current now still counts; undefined when there is none, or the value lists its keys. */
      readonly oldKeyEnds?: UnixMillis;
      /** Set when storing ends the key before the current one, ahead of this time: to be asked first. */
      readonly previousKeyEnds?: UnixMillis;
    }
  | { readonly kind: 'refuse'; readonly reason: string };

const rows: Readonly<Record<string, Provider>> = catalogue;

/** Of senders that are described by the source's settings. */
const genericFormats: Readonly<Record<string, SecretFormat>> = { token: 'token', ed25519: 'ed25519' };

/** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const maxBytes = 65_536;

/** How a provider shows its secret. */
export const secretFormat = (provider: string): SecretFormat =>
  ownOf(rows, provider)?.secret ?? ownOf(genericFormats, provider) ?? 'text';

/** Whether a provider's handshake brings the secret. */
export const getsSecretByHandshake = (provider: string): boolean =>
  ownOf(rows, provider)?.handshake?.secretFromHandshake !== undefined;

/** Strips the line end that a terminal, `echo` or a file adds. */
export const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, '');

/** A value as it is stored: of most secrets blanks are no part, and come along when one is copied. */
export const asStored = (text: string, format: SecretFormat): string =>
  mayHaveSpaces(format) ? withoutLineEnd(text) : text.trim();

/** Decides whether a value may become the secret. Its text is in no message. */
export function decideChange(change: SecretChange): ChangeDecision {
  const { value, format, current, previous, now } = change;
  const isList = value.startsWith('{');
  if (value === '') return refuse('Standard input is empty');
  if (Buffer.byteLength(value) > maxBytes)
    return refuse(
      `The value has ${Buffer.byteLength(value)} bytes; Secrets Manager stores at most ${maxBytes}`,
    );
  const { value: parsed, mistake } = readSecretValue(value, format);
  if (mistake !== undefined) return refuse(`This is ${mistakeText(mistake, format)}`);
  const slip = isList ? undefined : slipOfCopying(value, format);
  if (slip !== undefined) return refuse(slip);
  if (parsed === undefined) return refuse(`The value is not a ${formatName(format)}: copy it again`);
  if (change.signs && parsed.keys.some(({ key }) => key.kind !== 'hmac'))
    return refuse('A public key cannot sign: the stack’s signing secret must be a shared one (whsec_…)');
  if (value === current?.value)
    return refuse('This value is stored already; storing it again would end the previous key');
  if (parsed.isList) return { kind: 'store' };
  const currentKeys = current && parseSecretValue(current.value, format);
  return {
    kind: 'store',
    oldKeyEnds: currentKeys ? later(now, rotationOverlap) : undefined,
    previousKeyEnds: overlapEnd(current, previous, format, now),
  };
}

/** @returns what came along when the value was copied; undefined when nothing did */
function slipOfCopying(value: string, format: SecretFormat): string | undefined {
  if (isQuoted(value)) return 'The value is in quotes, which would become part of it: pass it without them';
  if (mayHaveSpaces(format) || !/\s/.test(value)) return undefined;
  return 'The value contains white space, which no secret does: copy it again';
}

/** @returns until when the previous version still counts; undefined when it does not */
function overlapEnd(
  current: Version | undefined,
  previous: Version | undefined,
  format: SecretFormat,
  now: UnixMillis,
): UnixMillis | undefined {
  const currentKeys = current && parseSecretValue(current.value, format);
  const previousKeys = previous && parseSecretValue(previous.value, format);
  if (!current || !currentKeys || currentKeys.isList || !previousKeys) return undefined;
  const end = later(current.createdAt, rotationOverlap);
  return now < end ? end : undefined;
}

/** Whoever chooses a token or a password may choose a space. */
const mayHaveSpaces = (format: SecretFormat): boolean =>
  typeof format === 'object' || format === 'ed25519' || ['token', 'basic', 'token-or-whsec'].includes(format);

const formatName = (format: SecretFormat): string =>
  typeof format === 'object' ? format.called : formatNames[format];

const formatNames: Readonly<Record<Extract<SecretFormat, string>, string>> = {
  text: 'secret (it is empty, a placeholder or a malformed list of keys)',
  base64: 'secret in base64',
  whsec: 'signing secret (whsec_ and base64 of at least 24 bytes)',
  token: 'token (it is empty, a placeholder or a malformed list of keys)',
  basic: 'user:password',
  'token-or-whsec': 'token (whsec_ must be followed by base64 of at least 24 bytes)',
  ed25519: 'Ed25519 public key (32 bytes in hex or base64, or PEM)',
  'standard-webhooks':
    'Standard Webhooks secret (whsec_ and base64 of at least 24 bytes, or whpk_ and a public key)',
};

const refuse = (reason: string): ChangeDecision => ({ kind: 'refuse', reason });
