import type { Disablement, Endpoint, EndpointSettings } from '../../../lambdas/domain/endpoint.ts';
import type { EndpointId, TenantId } from '../../../lambdas/domain/ids.ts';
import type { EndpointRange } from '../../../lambdas/domain/publish-range.ts';
import type { UnixMillis } from '../../../lambdas/domain/time.ts';

const keyOf = (tenant: TenantId, id: EndpointId): string => `${tenant}/${id}`;

/** The Endpoints table in memory: one map, each call one atomic step. */
export function memoryEndpoints() {
  const endpoints = new Map<string, Endpoint>();

  const update = (
    { tenant, id }: Pick<Endpoint, 'tenant' | 'id'>,
    isAllowed: (endpoint: Endpoint) => boolean,
    change: (endpoint: Endpoint) => Partial<Endpoint>,
  ): Endpoint | undefined => {
    const known = endpoints.get(keyOf(tenant, id));
    if (known === undefined || !isAllowed(known)) return undefined;
    const changed = { ...known, ...change(known) };
    endpoints.set(keyOf(tenant, id), changed);
    return changed;
  };

  return {
    endpoints,
    read: async (tenant: TenantId, id: EndpointId): Promise<Endpoint | undefined> =>
      endpoints.get(keyOf(tenant, id)),

    async page(tenant: TenantId, { after, upTo }: EndpointRange, limit: number) {
      const found = [...endpoints.values()]
        .filter((endpoint) => endpoint.tenant === tenant && (after === undefined || endpoint.id > after))
        .filter(({ id }) => upTo === undefined || id <= upTo)
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      const page = found.slice(0, limit);
      return { endpoints: page, next: found.length > limit ? page.at(-1)?.id : undefined };
    },

    disable: async (seen: Endpoint, disabled: Disablement) =>
      update(
        seen,
        ({ status, version }) => status === 'enabled' && version === seen.version,
        ({ version }) => ({
          status: 'disabled',
          disabled,
          attentionAt: disabled.at,
          heldEmptyAt: undefined,
          version: version + 1,
        }),
      ),

    create: async (endpoint: Endpoint): Promise<boolean> => {
      if (endpoints.has(keyOf(endpoint.tenant, endpoint.id))) return false;
      endpoints.set(keyOf(endpoint.tenant, endpoint.id), endpoint);
      return true;
    },

    remove: async (seen: Endpoint): Promise<boolean> => {
      const isAsSeen = endpoints.get(keyOf(seen.tenant, seen.id))?.version === seen.version;
      return isAsSeen && endpoints.delete(keyOf(seen.tenant, seen.id));
    },

    changeSettings: async (seen: Endpoint, settings: EndpointSettings, now: UnixMillis) =>
      update(
        seen,
        ({ version }) => version === seen.version,
        ({ version }) => ({ ...noOptionalSettings, ...settings, updatedAt: now, version: version + 1 }),
      ),

    changeSecrets: async (seen: Endpoint, secrets: Endpoint['secrets'], now: UnixMillis) =>
      update(
        seen,
        ({ version }) => version === seen.version,
        ({ version }) => ({ secrets, updatedAt: now, version: version + 1 }),
      ),

    reseal: async (seen: Endpoint, { secrets, headers }: Pick<Endpoint, 'secrets' | 'headers'>) =>
      update(
        seen,
        ({ version }) => version === seen.version,
        () => ({ secrets, headers }),
      ),

    enable: async (seen: Endpoint, now: UnixMillis) =>
      update(
        seen,
        ({ version }) => version === seen.version,
        ({ version }) => ({
          status: 'enabled',
          disabled: undefined,
          attentionAt: now,
          heldEmptyAt: undefined,
          version: version + 1,
          updatedAt: now,
        }),
      ),

    resumeEndpoint: async (endpoint: Pick<Endpoint, 'tenant' | 'id'>, now: UnixMillis) =>
      update(
        endpoint,
        ({ status }) => status === 'enabled',
        () => ({ attentionAt: now, heldEmptyAt: undefined }),
      ),

    reconciled: async (seen: Endpoint) =>
      update(
        seen,
        (known) => isAsNoted(known, seen),
        () => ({ attentionAt: undefined, heldEmptyAt: undefined }),
      ),

    markHeldEmpty: async (seen: Endpoint, at: UnixMillis | undefined) =>
      update(
        seen,
        (known) => isAsNoted(known, seen),
        () => ({ heldEmptyAt: at }),
      ),

    toReconcile: async () => [...endpoints.values()].filter(({ attentionAt }) => attentionAt !== undefined),
  };
}

const isAsNoted = (known: Endpoint, seen: Endpoint): boolean =>
  known.attentionAt === seen.attentionAt && known.generation === seen.generation;

const noOptionalSettings = {
  filter: undefined,
  maxPerSecond: undefined,
  maxConcurrent: undefined,
  timeout: undefined,
  retryDelays: undefined,
};
