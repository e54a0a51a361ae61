import { cachedSecret } from '../domain/cached-secret.ts';
import { type DatedKey, parseSecretValue, readSecretValue } from '../domain/provider/secret.ts';
import type { SecretFormat, VerificationKey } from '../domain/signature/key.ts';
import { mistakeText } from '../domain/signature/mistake-text.ts';
import type { Mistake } from '../domain/signature/mistaken-secret.ts';
import { later, type Seconds, type UnixMillis } from '../domain/time.ts';

/** One version of a secret. */
export interface SecretVersion {
  readonly value: string;
  /** When the version was created; not when it became current. */
  readonly createdAt: UnixMillis;
}

/** Reads a version of one secret; undefined when the secret has no version in that stage. */
type ReadSecretVersion = (stage: 'AWSCURRENT' | 'AWSPREVIOUS') => Promise<SecretVersion | undefined>;

/** The keys that verify now; none if the secret was never set, or its value is not a key. */
export type SourceKeys = { readonly kind: 'keys'; readonly keys: readonly VerificationKey[] } | NotSet;
interface NotSet {
  readonly kind: 'not-set';
  /** Describes the value that is not a key; never the value itself. */
  readonly stored?: string;
}

/** The keys of one source, cached for this container. */
export interface SourceKeyCache {
  /** @throws the error of the read, and the same one for two seconds */
  current(now: UnixMillis): Promise<SourceKeys>;
  /**
   * Reads the secret again because a signature did not verify.
   *
   * @returns undefined when the last read was less than two seconds ago
   * @throws the error of the read, and the same one for two seconds
   */
  reread(now: UnixMillis): Promise<SourceKeys | undefined>;
  /** Discards the keys: the secret has just been stored. */
  forget(): void;
}

/** The keys in the secret's versions, ended ones included. */
interface ReadKeys {
  readonly keys: readonly DatedKey[];
  readonly stored?: string;
}

/**
 * Caches the keys of one source for five minutes, because the reread after a failed signature finds a rotated key.
 *
 * If no key verifies now, the secret is read at most once in two seconds, so that a new secret works within that time.
 *
 * @param rotationOverlap how long the previous version verifies after the current one was created
 */
export function sourceKeys(
  format: SecretFormat,
  rotationOverlap: Seconds,
  readSecret: ReadSecretVersion,
): SourceKeyCache {
  const cached = cachedSecret(
    (now) => readKeys(format, rotationOverlap, readSecret, now),
    ({ keys }, now) => keys.some((key) => isLive(key, now)),
  );
  return {
    current: async (now) => liveKeys(await cached.get(now), now),
    async reread(now) {
      const found = await cached.reread(now);
      return found && liveKeys(found, now);
    },
    forget: cached.forget,
  };
}

async function readKeys(
  format: SecretFormat,
  rotationOverlap: Seconds,
  readSecret: ReadSecretVersion,
  now: UnixMillis,
): Promise<ReadKeys> {
  const version = await readSecret('AWSCURRENT');
  if (version === undefined) return { keys: [] };
  const { value: current, mistake } = readSecretValue(version.value, format);
  if (current === undefined) return { keys: [], stored: storedText(mistake, format) };
  const overlapEnd = later(version.createdAt, rotationOverlap);
  if (current.isList || now >= overlapEnd) return { keys: current.keys };
  const previous = await readSecret('AWSPREVIOUS');
  const previousKeys = (previous && parseSecretValue(previous.value, format)?.keys) ?? [];
  return { keys: [...current.keys, ...previousKeys.map((dated) => endBy(dated, overlapEnd))] };
}

const storedText = (mistake: Mistake | undefined, format: SecretFormat): string =>
  mistake === undefined ? 'something that is not a key of this provider' : mistakeText(mistake, format);

function endBy(dated: DatedKey, end: UnixMillis): DatedKey {
  const endsBefore = dated.notAfter !== undefined && dated.notAfter < end;
  return endsBefore ? dated : { ...dated, notAfter: end };
}

const isLive = ({ notAfter }: DatedKey, now: UnixMillis): boolean => notAfter === undefined || now < notAfter;

function liveKeys({ keys, stored }: ReadKeys, now: UnixMillis): SourceKeys {
  const live = keys.filter((key) => isLive(key, now));
  if (live.length > 0) return { kind: 'keys', keys: live.map(({ key }) => key) };
  return { kind: 'not-set', stored };
}
