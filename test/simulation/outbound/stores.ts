import type { Delivery } from '../../../lambdas/domain/delivery-record.ts';
import { byEndpointIndex, dueIndex, stoppedIndex, waitingIndex } from '../../../lambdas/domain/tables.ts';
import { later, toMillis } from '../../../lambdas/domain/time.ts';
import type { ClientHooks } from '../../../testing/memory/dynamodb/dynamodb.ts';
import type { Request } from '../../../testing/memory/dynamodb/requests.ts';
import { outboundStores } from '../../../testing/memory/outbound-stores.ts';
import { withArguments } from '../../crash/port-call.ts';
import { writingStatements } from '../../support/worlds/outbound-tables.ts';
import type { outboundWorld } from '../../support/worlds/outbound-world.ts';
import { clientOf, type Process } from './calls.ts';
import type { processRules } from './process-rules.ts';
import type { Story } from './story.ts';

/** What the stores of a process are made of. */
interface Parts {
  readonly db: ReturnType<typeof outboundWorld>['db'];
  readonly story: Pick<Story, 'pageSize' | 'lifetime'>;
  readonly process: Process;
  readonly call: (name: string, effect: () => Promise<unknown>) => Promise<unknown>;
  readonly rules: Pick<ReturnType<typeof processRules>, 'watched'>;
  /** A mistake in what the adapters ask of DynamoDB. */
  readonly mutate?: ClientHooks['mutate'];
}

/** More than one, and few, because a sweep reads each. */
const manifestShards = 2;

/** The stores of one process: the real adapters on a client of its own, with names for their calls. */
export function storesOf({ db, story, process, call, rules, mutate }: Parts) {
  const hooks = { mutate: (request: Request) => inSmallPages(mutate?.(request) ?? request, story.pageSize) };
  const client = clientOf(db, call, hooks);
  // Mistakes in requests are mistakes in single writes.
  const written = mutate === undefined ? writingStatements(client) : client;
  const stores = outboundStores(written, manifestShards);
  const { shards, ...manifests } = stores.manifests;
  const named = <Store extends object>(path: string, store: Store): Store =>
    withArguments(`${path}.`, store, process);
  const deliveries = rules.watched(process, named('deliveries', stores.deliveries));
  return {
    deliveries: {
      ...deliveries,
      create: (delivery: Delivery) => deliveries.create(withLifetime(delivery, story)),
    },
    manifests: { ...named('manifests', manifests), shards },
    events: named('events', stores.events),
    endpoints: named('endpoints', stores.endpoints),
    limiter: named('limiter', stores.limiter),
    recoveries: named('recoveries', stores.recoveries),
    tallies: named('tallies', stores.tallies),
  };
}

const withLifetime = (delivery: Delivery, { lifetime }: Pick<Story, 'lifetime'>): Delivery =>
  lifetime === undefined
    ? delivery
    : { ...delivery, lifetime: toMillis(lifetime), deadline: later(delivery.createdAt, lifetime) };

const ofDeliveries = new Set<string | undefined>(
  [dueIndex, byEndpointIndex, stoppedIndex, waitingIndex].map(({ name }) => name),
);

/** Pages of the indexes with few items, so that a few deliveries fill one. */
function inSmallPages(request: Request, most: number): Request {
  if (request.action !== 'Query' || !ofDeliveries.has(request.input.IndexName)) return request;
  const { Limit = most } = request.input;
  return { action: 'Query', input: { ...request.input, Limit: Math.min(Limit, most) } };
}
