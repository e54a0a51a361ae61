import { briefly } from '../domain/cache-for.ts';
import { type DatedKey, parseSecretValue, readSecretValue } from '../domain/provider/secret.ts';
import type { SecretFormat, VerificationKey } from '../domain/signature/key.ts';
import { mistakeText } from '../domain/signature/mistake-text.ts';
import type { Mistake } from '../domain/signature/mistaken-secret.ts';
import { later, type Seconds, seconds, type UnixMillis } from '../domain/time.ts';

/** One version of a secret. */
export interface SecretVersion {
  readonly value: string;
  /** When the version was created; not when it became current. */
  readonly createdAt: UnixMillis;
}

/** Where secrets come from. */
export interface SecretPort {
  /** @returns undefined when the secret has no version in that stage */
  readSecret(stage: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<SecretVersion | undefined>;
}

/** The keys that verify now, or none because the secret was never set, or what is stored is none. */
export type SourceKeys = { readonly kind: 'keys'; readonly keys: readonly VerificationKey[] } | NotSet;
interface NotSet {
  readonly kind: 'not-set';
  /** What is stored instead, in words; never the value. */
  readonly stored?: string;
}

/** A rotated key is found by the re-read that a failed signature causes, so a container may keep what it knows. */
const cacheFor = seconds(300);
/** A new or rotated secret works within this time; traffic causes at most one read in it, even if the read fails. */
const rereadAtMostEvery = seconds(2);

interface Known {
  readonly readAt: UnixMillis;
  readonly keys: readonly DatedKey[];
  readonly stored?: string;
}

/**
 * The keys of one source, cached for this container.
 *
 * A value that is missing, unusable or could not be read is remembered as such for two seconds: the first request after
 * that finds a secret that was set meanwhile.
 *
 * @param rotationOverlap how long the previous version verifies after the current one was created
 */
export function sourceKeys(format: SecretFormat, rotationOverlap: Seconds, port: SecretPort) {
  let known: Known | undefined;

  const reading = briefly(rereadAtMostEvery, async (now): Promise<Known> => {
    known = { readAt: now, ...(await readKeys(format, rotationOverlap, port, now)) };
    return known;
  });

  return {
    /** @throws the error of the port, and the same one for two seconds */
    async current(now: UnixMillis): Promise<SourceKeys> {
      const isFresh = known !== undefined && now < later(known.readAt, cacheFor);
      const live = isFresh ? liveKeys(known, now) : notSet;
      return live.kind === 'keys' ? live : liveKeys(await reading.get(now), now);
    },

    /**
     * Reads the secret again because a signature did not verify.
     *
     * @returns undefined when it was read so lately that there is nothing to gain
     * @throws the error of the port, and the same one for two seconds
     */
    async reread(now: UnixMillis): Promise<SourceKeys | undefined> {
      const isTooSoon = known !== undefined && now < later(known.readAt, rereadAtMostEvery);
      return isTooSoon ? undefined : liveKeys(await reading.get(now), now);
    },

    /** The secret was stored just now. */
    forget(): void {
      known = undefined;
      reading.forget();
    },
  };
}

async function readKeys(
  format: SecretFormat,
  rotationOverlap: Seconds,
  port: SecretPort,
  now: UnixMillis,
): Promise<Omit<Known, 'readAt'>> {
  const version = await port.readSecret('AWSCURRENT');
  if (version === undefined) return { keys: [] };
  const { value: current, mistake } = readSecretValue(version.value, format);
  if (current === undefined) return { keys: [], stored: storedText(mistake, format) };
  const overlapEnd = later(version.createdAt, rotationOverlap);
  if (current.isList || now >= overlapEnd) return { keys: current.keys };
  const previous = await port.readSecret('AWSPREVIOUS');
  const previousKeys = (previous && parseSecretValue(previous.value, format)?.keys) ?? [];
  return { keys: [...current.keys, ...previousKeys.map((dated) => endBy(dated, overlapEnd))] };
}

const storedText = (mistake: Mistake | undefined, format: SecretFormat): string =>
  mistake === undefined ? 'something that is no key of this provider' : mistakeText(mistake, format);

function endBy(dated: DatedKey, end: UnixMillis): DatedKey {
  const endsBefore = dated.notAfter !== undefined && dated.notAfter < end;
  return endsBefore ? dated : { ...dated, notAfter: end };
}

const notSet: SourceKeys = { kind: 'not-set' };

function liveKeys(known: Known | undefined, now: UnixMillis): SourceKeys {
  const live = known?.keys.filter(({ notAfter }) => notAfter === undefined || now < notAfter) ?? [];
  if (live.length > 0) return { kind: 'keys', keys: live.map(({ key }) => key) };
  return { kind: 'not-set', stored: known?.stored };
}
