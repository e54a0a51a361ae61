import * as v from 'valibot';
import { parseKey, type SecretFormat, type VerificationKey } from '../signature/key.ts';
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

/**
 * Reads a secret's value: what the provider's dashboard shows, or `{"keys":[{"key","notAfter"?}]}`.
 *
 * @returns undefined when any of it is no key of this provider: then the whole value is a mistake
 */
export function parseSecretValue(value: string, format: SecretFormat): SecretValue | undefined {
  const list = v.safeParse(KeyList, parseJsonObject(value));
  if (!list.success) {
    const key = looksLikeKeyList(value) ? undefined : parseKey(value, format);
    return key && { keys: [{ key }], isList: false };
  }
  const keys = list.output.keys.map((entry) => parseDatedKey(entry, format));
  return keys.includes(undefined)
    ? undefined
    : { keys: keys.filter((key) => key !== undefined), isList: true };
}

function parseDatedKey(
  entry: { key: string; notAfter?: string | undefined },
  format: SecretFormat,
): DatedKey | undefined {
  const key = parseKey(entry.key, format);
  const notAfter = entry.notAfter === undefined ? undefined : parseInstant(entry.notAfter);
  const endIsReadable = entry.notAfter === undefined || notAfter !== undefined;
  return key && endIsReadable ? { key, notAfter } : undefined;
}

/** A list with a slip in it must not become a key made of JSON text. */
const looksLikeKeyList = (value: string): boolean => /^\s*\{\s*"keys"/.test(value);

function parseJsonObject(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
