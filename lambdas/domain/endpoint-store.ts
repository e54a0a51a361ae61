import type { Disablement, Endpoint, EndpointSettings } from './endpoint.ts';
import type { SealedSecret } from './endpoint-secret.ts';
import type { EndpointId, TenantId } from './ids.ts';
import type { LimiterState } from './limiter.ts';
import type { EndpointRange } from './publish-range.ts';
import type { UnixMillis } from './time.ts';

/** Names one endpoint. */
type EndpointKey = Pick<Endpoint, 'tenant' | 'id'>;

/** The sealed parts of an endpoint. */
export type SealedParts = Pick<Endpoint, 'secrets' | 'headers'>;

/**
 * The Endpoints table. Each write is one conditional write of one item.
 *
 * A write returns the endpoint after it, or undefined when the endpoint has changed since it was read, or is gone.
 */
export interface EndpointStore {
  /** Reads with strong consistency. */
  read(tenant: TenantId, id: EndpointId): Promise<Endpoint | undefined>;
  /** Reads an endpoint and its limiter by one call, with strong consistency. */
  readWithLimiter(
    tenant: TenantId,
    id: EndpointId,
  ): Promise<{ readonly endpoint?: Endpoint; readonly limiter: LimiterState }>;
  /** Reads a tenant's endpoints by id, with strong consistency. */
  page(
    tenant: TenantId,
    range: EndpointRange,
    limit: number,
  ): Promise<{ readonly endpoints: readonly Endpoint[]; readonly next?: EndpointId }>;

  /** @returns false when the id is taken */
  create(endpoint: Endpoint): Promise<boolean>;
  /** @returns false when the endpoint has changed since it was read */
  remove(expected: Endpoint): Promise<boolean>;
  changeSettings(
    expected: Endpoint,
    settings: EndpointSettings,
    now: UnixMillis,
  ): Promise<Endpoint | undefined>;
  changeSecrets(
    expected: Endpoint,
    secrets: readonly SealedSecret[],
    now: UnixMillis,
  ): Promise<Endpoint | undefined>;
  /** Replaces sealed texts by the same texts under another master secret. */
  reseal(expected: Endpoint, sealed: SealedParts): Promise<Endpoint | undefined>;

  /** Disables an enabled endpoint, and notes that the operators have to be notified. */
  disable(expected: Endpoint, disablement: Disablement): Promise<Endpoint | undefined>;
  /** Enables an endpoint, and notes that its held deliveries have to be released. */
  enable(expected: Endpoint, now: UnixMillis): Promise<Endpoint | undefined>;
  /** Notes that the waiting deliveries of an enabled endpoint have to be released. @returns undefined when it is not enabled */
  resumeEndpoint(endpoint: EndpointKey, now: UnixMillis): Promise<Endpoint | undefined>;

  /** The endpoints with a note. */
  toReconcile(): Promise<readonly EndpointKey[]>;
  /** Notes when the endpoint was first found without held deliveries; undefined when it has some. */
  markHeldEmpty(expected: Endpoint, at: UnixMillis | undefined): Promise<Endpoint | undefined>;
  /** Removes the note, unless there is a newer one. */
  reconciled(expected: Endpoint): Promise<Endpoint | undefined>;
}

/** Counts endpoints. */
export interface EndpointGauges {
  /** Registered endpoints. */
  known(hasTime: () => boolean): Promise<number>;
  /** Registered endpoints whose breaker opened, or was probed, after `since`, or which we disabled after it. */
  down(since: UnixMillis): Promise<number>;
}
