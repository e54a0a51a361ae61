import type { Endpoint } from '../../domain/endpoint.ts';
import {
  type KeptHeaders,
  type OpenHeaders,
  openHeader,
  sealHeaders,
} from '../../domain/endpoint-headers.ts';
import type { MasterKey, SealedText } from '../../domain/sealed-text.ts';
import type { UnixMillis } from '../../domain/time.ts';
import { type masterKeys, SealedSecretError } from './master-keys.ts';

/** Seals endpoints' header values under the master secret; opens them with the current or the previous one. */
export function sealedHeaders(keys: ReturnType<typeof masterKeys>) {
  /** @throws SealedSecretError, which names the header and not its value */
  async function open(
    owner: Endpoint,
    name: string,
    value: SealedText | string,
    now: UnixMillis,
  ): Promise<string> {
    if (typeof value === 'string') return value;
    const key = await keys.named(value.sealedBy, now);
    try {
      return openHeader(value, key, owner, name);
    } catch (cause) {
      throw new SealedSecretError(
        `the header ${name} of endpoint ${owner.id} cannot be opened; give it a new value`,
        { cause },
      );
    }
  }

  /** Returns an empty list for a header whose key is gone. */
  async function openIfKnown(owner: Endpoint, name: string, value: SealedText | string, now: UnixMillis) {
    try {
      return [[name, await open(owner, name, value, now)] as const];
    } catch (error) {
      if (error instanceof SealedSecretError) return [];
      throw error;
    }
  }

  return {
    /** Seals the values that are not sealed yet. Reads a key only if it needs one. */
    async seal(
      headers: KeptHeaders,
      owner: Pick<Endpoint, 'tenant' | 'id'>,
      now: UnixMillis,
    ): Promise<KeptHeaders> {
      if (Object.values(headers).every((value) => typeof value !== 'string')) return headers;
      return sealHeaders(headers, await keys.current(now), owner);
    },

    /** Opens the headers as they are sent. @throws SealedSecretError */
    async open(endpoint: Endpoint, now: UnixMillis): Promise<OpenHeaders> {
      const opened = Object.entries(endpoint.headers).map(
        async ([name, value]) => [name, await open(endpoint, name, value, now)] as const,
      );
      return Object.fromEntries(await Promise.all(opened));
    },

    /**
     * Reseals the values that this key has not sealed.
     *
     * A value whose key is gone stays as it is and does not stop the others.
     *
     * @returns undefined when there is nothing to reseal
     */
    async resealed(endpoint: Endpoint, key: MasterKey, now: UnixMillis): Promise<KeptHeaders | undefined> {
      const old = Object.entries(endpoint.headers).filter(
        ([, value]) => typeof value === 'string' || value.sealedBy !== key.name,
      );
      const opened = await Promise.all(old.map(([name, value]) => openIfKnown(endpoint, name, value, now)));
      const values = Object.fromEntries(opened.flat());
      if (Object.keys(values).length === 0) return undefined;
      return sealHeaders({ ...endpoint.headers, ...values }, key, endpoint);
    },
  };
}
