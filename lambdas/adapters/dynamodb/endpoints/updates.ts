import { endpointHash } from '../../../domain/delivery-task.ts';
import {
  type Disablement,
  type Endpoint,
  type EndpointSettings,
  isDisabledByUs,
} from '../../../domain/endpoint.ts';
import type { SealedSecret } from '../../../domain/endpoint-secret.ts';
import type { UnixMillis } from '../../../domain/time.ts';
import type { ConditionalUpdate } from '../conditional-update.ts';
import { attention, spreadAttention } from './item.ts';

const isAsSeen = '#version = :seen';

/**
 * Compares more than the time of the note: an endpoint may be disabled and enabled, or deleted and created again, in the
 * same millisecond.
 */
const isAsNoted = ({ generation, status, attentionAt }: Endpoint) => ({
  condition: `#attentionAt = :noted AND #status = :status AND ${generation === undefined ? 'attribute_not_exists(#generation)' : '#generation = :generation'}`,
  values: { noted: attentionAt, status, ...(generation !== undefined && { generation }) },
});

const hashOf = ({ tenant, id }: Endpoint): string => endpointHash({ tenant, endpointId: id });

/** A change by a user, to the version that the user has seen. */
const change = (
  { tenant, id, version }: Endpoint,
  now: UnixMillis,
  set: Readonly<Record<string, unknown>>,
): ConditionalUpdate => ({
  tenant,
  id,
  set: { ...set, updatedAt: now, version: version + 1 },
  condition: isAsSeen,
  values: { seen: version },
});

/** Each change of an endpoint as one conditional update. */
export const endpointUpdates = {
  /** Disables the endpoint if it is enabled and unchanged, and marks that operators must be notified. */
  disable: ({ tenant, id, version }: Endpoint, disabled: Disablement): ConditionalUpdate => ({
    tenant,
    id,
    set: {
      status: 'disabled',
      disabled,
      heldEmptyAt: undefined,
      version: version + 1,
      ...attention(disabled.at),
    },
    condition: `#status = :enabled AND ${isAsSeen}`,
    values: { enabled: 'enabled', seen: version },
  }),

  /** Enables the endpoint and marks its held deliveries for release, in one write. */
  enable: (seen: Endpoint, now: UnixMillis): ConditionalUpdate =>
    change(seen, now, {
      status: 'enabled',
      disabled: undefined,
      heldEmptyAt: undefined,
      ...attention(now),
    }),

  /** Writes the tenant's settings; undefined removes one. */
  settings: (seen: Endpoint, settings: EndpointSettings, now: UnixMillis): ConditionalUpdate =>
    change(seen, now, { ...withoutOptionalFields, ...settings }),

  secrets: (seen: Endpoint, secrets: readonly SealedSecret[], now: UnixMillis): ConditionalUpdate =>
    change(seen, now, { secrets }),

  /** Writes the same secrets and headers, sealed under the current key; a user sees no change. */
  reseal: (
    { tenant, id, version }: Endpoint,
    { secrets, headers }: Pick<Endpoint, 'secrets' | 'headers'>,
  ): ConditionalUpdate => ({
    tenant,
    id,
    set: { secrets, headers },
    condition: isAsSeen,
    values: { seen: version },
  }),

  /** Notes that the deliveries that wait for an enabled endpoint must be released. Users do not see this change. */
  resumeEndpoint: ({ tenant, id }: Pick<Endpoint, 'tenant' | 'id'>, now: UnixMillis): ConditionalUpdate => ({
    tenant,
    id,
    set: { heldEmptyAt: undefined, ...attention(now) },
    condition: '#status = :enabled',
    values: { enabled: 'enabled' },
  }),

  /** Removes the note, unless there is a newer one. An endpoint that we disabled still counts as down. */
  reconciled: (seen: Endpoint): ConditionalUpdate => ({
    tenant: seen.tenant,
    id: seen.id,
    set: {
      heldEmptyAt: undefined,
      ...spreadAttention(isDisabledByUs(seen) ? seen.disabled?.at : undefined, 'down', hashOf(seen)),
    },
    ...isAsNoted(seen),
  }),

  /** Notes when the endpoint first had no held deliveries left. */
  markHeldEmpty: (seen: Endpoint, at: UnixMillis | undefined): ConditionalUpdate => ({
    tenant: seen.tenant,
    id: seen.id,
    set: { heldEmptyAt: at },
    ...isAsNoted(seen),
  }),
};

/** Optional settings: `undefined` removes the attribute. */
const withoutOptionalFields = {
  filter: undefined,
  maxPerSecond: undefined,
  maxConcurrent: undefined,
  timeout: undefined,
  retryDelays: undefined,
};
