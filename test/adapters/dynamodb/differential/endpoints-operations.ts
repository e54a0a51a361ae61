import { dynamodbEndpointGauges } from '../../../../lambdas/adapters/dynamodb/endpoints/gauges.ts';
import { dynamodbEndpoints } from '../../../../lambdas/adapters/dynamodb/endpoints/store.ts';
import type { Endpoint } from '../../../../lambdas/domain/endpoint.ts';
import { asEndpointId, asTenantId } from '../../../../lambdas/domain/ids.ts';
import { newEndpoint } from '../../../support/fixtures/new-endpoint.ts';
import { after, type Draw, type MakeOperations, oneOf, recent, start } from './operations.ts';

/** Two endpoints of one tenant: what people and the sweep do with them. */
export const endpointsOperations: MakeOperations = (client, run) => {
  const tenant = asTenantId(run);
  const store = dynamodbEndpoints(client, 'Endpoints');
  const gauges = dynamodbEndpointGauges(client, 'Endpoints');
  const snaps: Endpoint[] = [];
  const fresh = ({ now, a, b, c }: Draw): Endpoint =>
    newEndpoint(now, {
      tenant,
      id: `ep_${a % 2}`,
      version: 10 * b + 1,
      ...(c > 0 && { generation: `g${c}` }),
      ...(b > 1 && { maxPerSecond: 0.5, headers: { 'x-a': { sealedBy: 'k', sealed: '' } } }),
    });
  const seenBy = (draw: Draw): Endpoint => recent(snaps, draw.a) ?? fresh({ ...draw, now: start });
  const note = async (write: Promise<Endpoint | undefined>): Promise<void> => {
    const endpoint = await write;
    if (endpoint !== undefined) snaps.push(endpoint);
  };

  return {
    async create(draw) {
      const endpoint = fresh(draw);
      if (await store.create(endpoint)) snaps.push(endpoint);
    },
    remove: async (draw) => draw.b === 0 && store.remove(seenBy(draw)),
    read: (draw) => note(store.read(tenant, asEndpointId(`ep_${draw.a % 2}`))),
    page: ({ b, c }) =>
      store.page(
        tenant,
        {
          ...(b > 1 && { after: asEndpointId(oneOf(['ep_', 'ep_0', 'ep_1', 'z'], b + c)) }),
          ...(c > 1 && { upTo: asEndpointId(oneOf(['ep_0', 'ep_1', 'a'], c)) }),
        },
        1 + (b % 2),
      ),
    disable: (draw) =>
      note(
        store.disable(seenBy(draw), {
          reason: oneOf(['manual', 'gone', 'failing'], draw.b),
          at: draw.now,
        }),
      ),
    enable: (draw) => note(store.enable(seenBy(draw), draw.now)),
    changeSettings(draw) {
      const { url, description, eventTypes, headers, metadata } = fresh(draw);
      const settings = { url, description, eventTypes, headers, metadata, timeout: draw.b + 1 };
      return note(store.changeSettings(seenBy(draw), settings, draw.now));
    },
    changeSecrets: (draw) => note(store.changeSecrets(seenBy(draw), [], draw.now)),
    reseal: (draw) => note(store.reseal(seenBy(draw), { secrets: [], headers: { 'x-b': 'plain' } })),
    resumeEndpoint: (draw) => note(store.resumeEndpoint(seenBy(draw), draw.now)),
    reconciled: (draw) => note(store.reconciled(seenBy(draw))),
    markHeldEmpty: (draw) => note(store.markHeldEmpty(seenBy(draw), draw.b === 0 ? undefined : draw.now)),
    toReconcile: () => store.toReconcile(),
    known: () => gauges.known(() => true),
    down: ({ now, b }) => gauges.down(after(now, -60 * b)),
  };
};
