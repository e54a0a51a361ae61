import type { DestinationRules } from '../domain/destination-rules.ts';
import type { Endpoint, EndpointSettings } from '../domain/endpoint.ts';
import type { KeptHeaders } from '../domain/endpoint-headers.ts';
import type { SealedSecret } from '../domain/endpoint-secret.ts';
import type { LimiterState } from '../domain/limiter.ts';
import type { EndpointRange } from '../domain/publish-range.ts';
import type { Seconds, UnixMillis } from '../domain/time.ts';
import type { ResumePorts } from '../outbound/release-waiting.ts';
import type { ReleasePorts } from '../outbound/sweep/release-held.ts';
import { Problem } from './problem.ts';

/** What an endpoint keeps sealed. */
type Resealed = Pick<Endpoint, 'secrets' | 'headers'>;

/** What managing endpoints needs of the outside world. */
export interface EndpointPorts extends ReleasePorts {
  readonly deliveries: ReleasePorts['deliveries'] & {
    /** How many wait for their next attempt. @param atMost counted of each partition of the index */
    countWaiting(
      endpoint: Pick<Endpoint, 'tenant' | 'id'>,
      atMost: number,
    ): Promise<{ readonly count: number; readonly isExact: boolean }>;
  };
  /** Whether there is time for more before the gateway gives up. */
  hasTime(): boolean;
  newId(prefix: string): string;
  /** Where requests may go. */
  readonly rules: DestinationRules;
  /** Whether a name leads somewhere that is not public, as far as it resolves now. @returns why */
  checkHostname(hostname: string): Promise<string | undefined>;
  readonly maxTimeoutSeconds: number;
  /** How long a finished delivery is kept. */
  readonly retention: Seconds;
  readonly endpoints: ReleasePorts['endpoints'] &
    ResumePorts['endpoints'] & {
      page(
        tenant: string,
        range: EndpointRange,
        limit: number,
      ): Promise<{ readonly endpoints: readonly Endpoint[]; readonly next?: string }>;
      /** @returns false when there is one of that id */
      create(endpoint: Endpoint): Promise<boolean>;
      /** @returns false when it has changed since it was seen */
      remove(seen: Endpoint): Promise<boolean>;
      /** Each returns undefined when the endpoint has changed since it was seen. */
      enable(seen: Endpoint, now: UnixMillis): Promise<Endpoint | undefined>;
      changeSettings(
        seen: Endpoint,
        settings: EndpointSettings,
        now: UnixMillis,
      ): Promise<Endpoint | undefined>;
      changeSecrets(
        seen: Endpoint,
        secrets: readonly SealedSecret[],
        now: UnixMillis,
      ): Promise<Endpoint | undefined>;
      reseal(seen: Endpoint, resealed: Resealed): Promise<Endpoint | undefined>;
    };
  readonly limiter: {
    /** Forgets what is known about an endpoint: somebody says that it is well. */
    reset(limiterKey: string): Promise<void>;
    /** As it stands after every write that was answered. */
    read(limiterKey: string): Promise<LimiterState>;
  };
  readonly secrets: {
    seal(text: string, owner: Pick<Endpoint, 'tenant' | 'id'>, now: UnixMillis): Promise<SealedSecret>;
    open(sealed: SealedSecret, owner: Endpoint, now: UnixMillis): Promise<string>;
    /** The secrets that open: one whose master secret is gone is lost. */
    readable(endpoint: Endpoint, now: UnixMillis): Promise<readonly SealedSecret[]>;
    /** All of an endpoint under the current master secret; undefined when it is already. */
    resealed(endpoint: Endpoint, now: UnixMillis): Promise<Resealed | undefined>;
    /** Seals the values that are not sealed. */
    sealHeaders(
      headers: KeptHeaders,
      owner: Pick<Endpoint, 'tenant' | 'id'>,
      now: UnixMillis,
    ): Promise<KeptHeaders>;
  };
}

/**
 * The endpoint that is meant, as the caller has seen it.
 *
 * @param version that the caller has seen; undefined: whichever there is
 * @throws Problem when there is none, or it has changed
 */
export async function endpointFor(
  { tenant, endpointId }: { readonly tenant: string; readonly endpointId: string },
  version: number | undefined,
  { endpoints }: EndpointPorts,
): Promise<Endpoint> {
  const endpoint = await endpoints.read(tenant, endpointId);
  if (endpoint === undefined) throw new Problem('not-found', `${tenant} has no endpoint ${endpointId}.`);
  if (version !== undefined && version !== endpoint.version) throw changed(endpoint);
  return endpoint;
}

/** What a write came to; a write that was refused met another one. @throws Problem */
export function written(endpoint: Endpoint | undefined, seen: Endpoint): Endpoint {
  if (endpoint === undefined) throw changed(seen);
  return endpoint;
}

export const changed = ({ id, version }: Endpoint): Problem =>
  new Problem(
    'changed-meanwhile',
    `${id} is at another version than the one you have seen (it was ${version} just now): GET it again, and repeat what you meant.`,
  );
