import * as v from 'valibot';
import { parseJson } from '../json.ts';
import { asymmetricText } from '../signature/asymmetric-text.ts';
import { readKey, type SecretFormat, type VerificationKey } from '../signature/key.ts';
import type { Mistake } from '../signature/mistaken-secret.ts';
import { parseInstant, type UnixMillis } from '../time.ts';

/** A key with an optional end. */
export interface DatedKey {
  readonly key: VerificationKey;
  /** Absent: the key is valid as long as its version of the secret. */
  readonly notAfter?: UnixMillis;
}

/** A secret's value after parsing. */
export interface SecretValue {
  readonly keys: readonly DatedKey[];
  /** The value is a list of keys with exact ends. Then the previous version of the secret does not count. */
  readonly isList: boolean;
}

const KeyList = v.object({
  keys: v.pipe(v.array(v.object({ key: v.string(), notAfter: v.optional(v.string()) })), v.minLength(1)),
});

/** A secret's value, or the kind of mistake if it is recognised. */
export type SecretReading =
  | { readonly value: SecretValue; readonly mistake?: undefined }
  | { readonly value?: undefined; readonly mistake: Mistake | undefined };

/**
 * Reads a secret's value as `readSecretValue` does, without the kind of mistake.
 *
 * @returns undefined when any part of it is not a key of this provider
 */
export const parseSecretValue = (value: string, format: SecretFormat): SecretValue | undefined =>
  readSecretValue(value, format).value;

/**
 * Reads a secret's value: the provider's secret as its dashboard shows it (also several keys with `|` between them), or
 * `{"keys":[{"key","notAfter"?}]}`.
 *
 * If one part is not a key of this provider, the whole value is refused.
 */
export function readSecretValue(value: string, format: SecretFormat): SecretReading {
  const list = v.safeParse(KeyList, parseJson(value));
  if (!list.success) {
    // A JSON Web Key Set also begins with `keys`.
    if (looksLikeKeyList(value)) return { mistake: asymmetricText(value) };
    return readShown(value, format);
  }
  const keys: DatedKey[] = [];
  for (const entry of list.output.keys) {
    const { key, mistake } = readKey(entry.key, format);
    const notAfter = entry.notAfter === undefined ? undefined : parseInstant(entry.notAfter);
    const endIsReadable = entry.notAfter === undefined || notAfter !== undefined;
    if (key === undefined || !endIsReadable) return { mistake };
    keys.push({ key, notAfter });
  }
  return { value: { keys, isList: true } };
}

/** Reads one key, or several with `|` between them (Supabase). */
function readShown(value: string, format: SecretFormat): SecretReading {
  const keys: DatedKey[] = [];
  for (const text of hasSeveral.test(value.trim()) ? value.split('|') : [value]) {
    const { key, mistake } = readKey(text, format);
    if (key === undefined) return { mistake };
    keys.push({ key });
  }
  return { value: { keys, isList: false } };
}

const hasSeveral = /^(?:(?:v1a?,)?wh(?:sec|pk)_[^|]+\|\s*)+(?:v1a?,)?wh(?:sec|pk)_[^|]+$/;

/** Recognises a malformed list, so that its JSON text does not become a key. */
const looksLikeKeyList = (value: string): boolean => /^\s*\{\s*"keys"/.test(value);
