import { ownOf } from '../../lambdas/domain/own-property.ts';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import { parseSecretValue, readSecretValue } from '../../lambdas/domain/provider/secret.ts';
import type { SecretFormat } from '../../lambdas/domain/signature/key.ts';
import { mistakeText } from '../../lambdas/domain/signature/mistake-text.ts';
import { days, later, type UnixMillis } from '../../lambdas/domain/time.ts';
import { isQuoted } from './mistakes.ts';

/** The default overlap of a source, and that of the stack's signing secret. */
const rotationOverlap = days(1);

/** One version of a secret. */
export interface Version {
  readonly value: string;
  readonly createdAt: UnixMillis;
}

/** A value to store, and the versions that it replaces. */
export interface SecretChange {
  readonly format: SecretFormat;
  /** True for the stack's signing secret; the secrets of sources verify. */
  readonly signs: boolean;
  readonly value: string;
  readonly current: Version | undefined;
  readonly previous: Version | undefined;
  readonly now: UnixMillis;
}

/** Whether a value may be stored, and when older keys end. */
export type ChangeDecision =
  | {
      readonly kind: 'store';
      /** The current key is valid until then; undefined when there is none, or when the value lists its keys. */
      readonly oldKeyEnds?: UnixMillis;
      /** Set when storing would end the previous key before this time, which needs a confirmation. */
      readonly previousKeyEnds?: UnixMillis;
    }
  | { readonly kind: 'refuse'; readonly reason: string };

const rows: Readonly<Record<string, Provider>> = catalogue;

/** Formats of the generic providers, which a source's settings describe. */
const genericFormats: Readonly<Record<string, SecretFormat>> = { token: 'token', ed25519: 'ed25519' };

/** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
const maxBytes = 65_536;

/** The format in which a provider shows its secret. */
export const secretFormat = (provider: string): SecretFormat =>
  ownOf(rows, provider)?.secret ?? ownOf(genericFormats, provider) ?? 'text';

/** Whether a provider's handshake brings the secret. */
export const getsSecretByHandshake = (provider: string): boolean =>
  ownOf(rows, provider)?.handshake?.secretFromHandshake !== undefined;

/** Strips the line end that a terminal, `echo` or a file adds. */
export const withoutLineEnd = (text: string): string => text.replace(/\r?\n$/, '');

/** Trims a value for storage. Most secrets contain no white space, which is often copied along. */
export const asStored = (text: string, format: SecretFormat): string =>
  mayHaveSpaces(format) ? withoutLineEnd(text) : text.trim();

/** Decides whether a value may become the secret. No message contains the value. */
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
  const fault = isList ? undefined : copyFault(value, format);
  if (fault !== undefined) return refuse(fault);
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

/** @returns a message about what was copied along with the value; undefined when nothing was */
function copyFault(value: string, format: SecretFormat): string | undefined {
  if (isQuoted(value)) return 'The value is in quotes, which would become part of it: pass it without them';
  if (mayHaveSpaces(format) || !/\s/.test(value)) return undefined;
  return 'The value contains white space, which no secret does: copy it again';
}

/** @returns until when the previous version is valid; undefined when it is not valid any more */
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

/** A token or password may contain spaces, because its owner chooses it. */
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
