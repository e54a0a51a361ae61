import type { Endpoint } from '../../lambdas/domain/endpoint.ts';
import type { UnixMillis } from '../../lambdas/domain/time.ts';

/** An endpoint that wants everything. */
export const newEndpoint = (now: UnixMillis, more: Partial<Endpoint> = {}): Endpoint => ({
  tenant: 'acme',
  id: 'ep_1',
  url: 'https://acme.example/hooks',
  description: '',
  eventTypes: ['*'],
  headers: {},
  metadata: {},
  status: 'enabled',
  secrets: [{ kind: 'v1', sealedBy: 'k', sealed: 's', createdAt: now }],
  createdAt: now,
  updatedAt: now,
  version: 1,
  ...more,
});
