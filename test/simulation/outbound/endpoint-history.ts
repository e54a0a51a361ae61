import type { Endpoint } from '../../../lambdas/domain/endpoint.ts';
import { generationOf } from '../../../lambdas/domain/endpoint-generation.ts';
import { tableNames } from '../../../testing/memory/dynamodb/dynamodb.ts';
import type { outboundWorld } from '../../support/worlds/outbound-world.ts';

/** One endpoint from its creation to its deletion. */
export interface Life {
  readonly generation: string;
  readonly createdAt: number;
  /** How many writes there were before it: within a millisecond, times do not tell what came first. */
  readonly bornAt: number;
  readonly urls: Set<string>;
  /** How many writes there were when it got its status. */
  changedAt: number;
  endpoint: Endpoint;
  removedAt?: number;
  /** Since when it has its status. */
  statusSince: number;
  /** When the release of what waits for it was last asked for. */
  resumedAt?: number;
}

/** The endpoints that there were, as the table's writes show them. @param disabled gets one that is disabled just now */
export function endpointHistory(
  { db, endpoints, now }: ReturnType<typeof outboundWorld>,
  disabled: (life: Life) => void,
) {
  const lives: Life[] = [];
  const alive = new Map<string, Life>();
  const publishedAt = new Map<string, number>();
  const listedAt = new Map<string, number>();
  const writes = { count: 0 };
  const keyOf = ({ tenant, id }: Pick<Endpoint, 'tenant' | 'id'>): string => `${tenant}/${id}`;

  function begin(endpoint: Endpoint): void {
    const life: Life = {
      endpoint,
      generation: generationOf(endpoint),
      createdAt: endpoint.createdAt,
      bornAt: writes.count,
      changedAt: writes.count,
      urls: new Set([endpoint.url]),
      statusSince: now(),
    };
    lives.push(life);
    alive.set(keyOf(endpoint), life);
  }

  function goOn(life: Life, was: Endpoint, is: Endpoint): void {
    life.endpoint = is;
    life.urls.add(is.url);
    if (was.status === 'enabled' && is.status === 'disabled') disabled(life);
    if (was.status !== is.status) {
      life.statusSince = now();
      life.changedAt = writes.count;
    }
    if (is.status === 'enabled' && is.attentionAt !== undefined && is.attentionAt !== was.attentionAt)
      life.resumedAt = is.attentionAt;
  }

  function end(life: Life): void {
    life.removedAt = now();
    alive.delete(keyOf(life.endpoint));
  }

  function written(was: Endpoint | undefined, is: Endpoint | undefined): void {
    const life = was && alive.get(keyOf(was));
    if (was !== undefined && life !== undefined) {
      if (is === undefined) end(life);
      else goOn(life, was, is);
    } else if (is !== undefined) begin(is);
  }

  db.onWrite(({ table, was, is }) => {
    writes.count++;
    if (table === tableNames.outboundEvents && was?.['endpoints'] === undefined && is?.['endpoints'])
      listedAt.set(String(is['id']), now());
    if (table === tableNames.endpoints) written(endpoints.endpoints.seen(was), endpoints.endpoints.seen(is));
  });

  return {
    lives,
    /** How many writes there have been: within a millisecond, times do not tell what came first. */
    writes: (): number => writes.count,
    /** Notes that an event is published. @param key see `outboundEventKey` */
    published(key: string): void {
      if (!publishedAt.has(key)) publishedAt.set(key, writes.count);
    },
    /** When an event got the list of its endpoints: at its creation, or when it was widened. */
    listedAt: (key: string): number => listedAt.get(key) ?? 0,
    /** Whether an endpoint was there when an event was first published. */
    wasBefore: ({ bornAt }: Life, key: string): boolean => bornAt < (publishedAt.get(key) ?? 0),
    current: (tenant: string, id: string): Life | undefined => alive.get(`${tenant}/${id}`),
    ofUrl: (url: string): Life | undefined => lives.find(({ urls }) => urls.has(url)),
  };
}
export type EndpointHistory = ReturnType<typeof endpointHistory>;
