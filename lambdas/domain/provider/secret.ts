import * as v from 'valibot';
import { parseJson } from '../json.ts';
import { asymmetricText } from '../signature/asymmetric-text.ts';
import { readKey, type SecretFormat, type VerificationKey } from '../signature/key.ts';
import type { Mistake } from '../signature/mistaken-secret.ts';
import { parseInstant, type UnixMillis } from '../time.ts';

/** A key and until when it verifies. */
export interface DatedKey {
  readonly key: VerificationKey;
  /** Without one it verifies for as long as its version does. */
  readonly notAfter?: UnixMillis;
}

/** What a secret's value holds. */
export interface SecretValue {
  readonly keys: readonly DatedKey[];
  /** The value lists its keys itself, with exact ends: it alone decides, and the previous version counts no more. */
  readonly isList: boolean;
}

const KeyList = v.object({
  keys: v.pipe(v.array(v.object({ key: v.string(), notAfter: v.optional(v.string()) })), v.minLength(1)),
});

/** A secret's value, or what was given instead, where that can be told. */
export type SecretReading =
  | { readonly value: SecretValue; readonly mistake?: undefined }
  | { readonly value?: undefined; readonly mistake: Mistake | undefined };

/**
 * Reads a secret's value, as `readSecretValue` does.
 *
 * @returns undefined when any of it is no key of this provider: then the whole value is a mistake
 */
export const parseSecretValue = (value: string, format: SecretFormat): SecretValue | undefined =>
  readSecretValue(value, format).value;

/**
 * Reads a secret's value: what the provider's dashboard shows (also several keys with `|` between them), or `{"keys":[{"key","notAfter"?}]}`.
 *
 * If one part is not a key of this provider, the whole value is a mistake.
 */
export function readSecretValue(value: string, format: SecretFormat): SecretReading {
  const list = v.safeParse(KeyList, parseJson(value));
  if (!list.success) {
    // A set of public keys has the same first field.
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

/** A dashboard shows one key, or several with `|` between them (Supabase). */
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

/** A list with a slip in it must not become a key made of JSON text. */
const looksLikeKeyList = (value: string): boolean => /^\s*\{\s*"keys"/.test(value);
