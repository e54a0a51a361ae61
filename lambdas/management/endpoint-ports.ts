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

/** The sealed parts of an endpoint. */
type Resealed = Pick<Endpoint, 'secrets' | 'headers'>;

export interface EndpointPorts extends ReleasePorts {
  readonly deliveries: ReleasePorts['deliveries'] & {
    /** Counts the deliveries that wait for their next attempt. @param atMost per partition of the index */
    countWaiting(
      endpoint: Pick<Endpoint, 'tenant' | 'id'>,
      atMost: number,
    ): Promise<{ readonly count: number; readonly isExact: boolean }>;
  };
  /** Whether there is time left before the gateway gives up. */
  hasTime(): boolean;
  newId(prefix: string): string;
  /** The destinations that are allowed. */
  readonly rules: DestinationRules;
  /** Resolves a name. @returns why it is refused, when one of its addresses is not public */
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
      /** @returns false when the tenant has an endpoint of that id */
      create(endpoint: Endpoint): Promise<boolean>;
      /** @returns false when the endpoint has changed since it was read */
      remove(seen: Endpoint): Promise<boolean>;
      /** Each of these returns undefined when the endpoint has changed since it was read. */
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
    /** Forgets the state of an endpoint's limiter, breaker included. */
    reset(limiterKey: string): Promise<void>;
    /** A strongly consistent read. */
    read(limiterKey: string): Promise<LimiterState>;
  };
  readonly secrets: {
    seal(text: string, owner: Pick<Endpoint, 'tenant' | 'id'>, now: UnixMillis): Promise<SealedSecret>;
    open(sealed: SealedSecret, owner: Endpoint, now: UnixMillis): Promise<string>;
    /** The secrets that can still be opened: one whose master secret is deleted is lost. */
    readable(endpoint: Endpoint, now: UnixMillis): Promise<readonly SealedSecret[]>;
    /** Seals all of an endpoint under the current master secret; undefined when it already is. */
    resealed(endpoint: Endpoint, now: UnixMillis): Promise<Resealed | undefined>;
    /** Seals the values that are not sealed yet. */
    sealHeaders(
      headers: KeptHeaders,
      owner: Pick<Endpoint, 'tenant' | 'id'>,
      now: UnixMillis,
    ): Promise<KeptHeaders>;
  };
}

/**
 * Reads the endpoint of a request.
 *
 * @param version the version that the caller has seen; undefined accepts any
 * @throws Problem when there is no such endpoint, or it has another version
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

/** The endpoint after a conditional write. @throws Problem when another request has changed it since it was read */
export function written(endpoint: Endpoint | undefined, seen: Endpoint): Endpoint {
  if (endpoint === undefined) throw changed(seen);
  return endpoint;
}

export const changed = ({ id, version }: Endpoint): Problem =>
  new Problem(
    'changed-meanwhile',
    `${id} has changed since you read it (its version is ${version} or later): GET it again, then repeat your change.`,
  );
