import type { Endpoint } from '../../lambdas/domain/endpoint.ts';
import { mapped, openHeader, sealHeaders } from '../../lambdas/domain/endpoint-headers.ts';
import { parseSecret, type SigningKey, seal, unseal } from '../../lambdas/domain/endpoint-secret.ts';
import { masterKey } from '../../lambdas/domain/sealed-text.ts';
import type { EndpointSealing } from '../../lambdas/management/ports.ts';

const master = masterKey('a master secret');

/** Seals secrets and headers of endpoints, under one master secret that always exists. */
export const memorySealing: EndpointSealing = {
  seal: async (text, owner, at) => seal(text, master, owner, at),
  open: async (sealed, owner) => unseal(sealed, master, owner),
  readable: async ({ secrets }) => secrets,
  resealed: async () => undefined,
  sealHeaders: async (headers, owner) => sealHeaders(headers, master, owner),
};

/** The headers of an endpoint's requests. */
export const openedHeaders = async (endpoint: Endpoint) =>
  mapped(endpoint.headers, (value, name) =>
    typeof value === 'string' ? value : openHeader(value, master, endpoint, name),
  );

/** The keys of an endpoint. */
export const openedKeys = async ({ secrets, ...owner }: Endpoint): Promise<readonly SigningKey[]> =>
  secrets.flatMap((sealed) => parseSecret(unseal(sealed, master, owner)) ?? []);
