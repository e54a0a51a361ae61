import * as v from 'valibot';
import { DeliveryIdText, EndpointIdText, TenantIdText } from '../../domain/ids.ts';
import { Count, Instant } from '../../domain/instant-fields.ts';
import {
  type Recovery,
  type RecoveryProgress,
  type RecoveryStore,
  recoveryRetention,
} from '../../domain/recovery.ts';
import { otherItems } from '../../domain/tables.ts';
import { later, toUnixSeconds, type UnixMillis } from '../../domain/time.ts';
import { type DynamodbClient, GetCommand, PutCommand } from './commands.ts';
import { type ConditionalUpdate, updateIf } from './conditional-update.ts';
import { attentionItems } from './endpoints/attention.ts';
import { attention } from './endpoints/item.ts';
import { itemParser } from './parse-item.ts';
import { unlessRefused } from './unless-refused.ts';

const RecoveryItem = v.object({
  id: v.string(),
  ofTenant: TenantIdText,
  endpointId: EndpointIdText,
  since: Instant,
  until: Instant,
  toCurrentEndpoint: v.optional(v.boolean()),
  status: v.picklist(['running', 'done', 'cancelled']),
  estimate: v.object({
    count: Count,
    isExact: v.boolean(),
    ofEarlierEndpoint: v.optional(Count),
  }),
  replayed: Count,
  refused: Count,
  ofEarlierEndpoint: v.optional(Count),
  page: v.optional(v.array(DeliveryIdText)),
  passed: v.optional(v.string()),
  createdAt: Instant,
  updatedAt: Instant,
  leaseUntil: v.optional(Instant),
});

const tenant = otherItems.job;

/** Recoveries, in a partition of the Endpoints table. Running ones are in the attention index. */
export function dynamodbRecoveries(client: DynamodbClient, table: string) {
  const write = async (update: Omit<ConditionalUpdate, 'tenant'>): Promise<Recovery | undefined> => {
    const { ok, item } = await updateIf(client, table, { ...update, tenant });
    return ok ? parseRecovery(item) : undefined;
  };

  return {
    /** @returns false when the id is taken */
    create({ tenant: ofTenant, ...recovery }: Recovery): Promise<boolean> {
      const expiresAt = toUnixSeconds(later(recovery.createdAt, recoveryRetention));
      const Item = { ...recovery, tenant, ofTenant, expiresAt, ...attention(recovery.createdAt, 'jobs') };
      const condition = {
        ConditionExpression: 'attribute_not_exists(#id)',
        ExpressionAttributeNames: { '#id': 'id' },
      };
      return unlessRefused(client.send(new PutCommand({ TableName: table, Item, ...condition })));
    },

    async read(id: string): Promise<Recovery | undefined> {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: { tenant, id }, ConsistentRead: true }),
      );
      return Item && parseRecovery(Item);
    },

    running: async (): Promise<readonly string[]> =>
      (await attentionItems(client, table, 'jobs')).map(({ id }) => id),

    /** Leases a running job that no worker holds, for one page. */
    claim: (id: string, now: UnixMillis, until: UnixMillis) =>
      write({
        id,
        set: { leaseUntil: until, updatedAt: now },
        condition: '#status = :running AND (attribute_not_exists(#leaseUntil) OR #leaseUntil <= :now)',
        values: { running: 'running', now },
      }),

    /** Records the progress and ends the lease, if it is still ours. */
    advance: ({ id, leaseUntil }: Recovery, progress: RecoveryProgress, now: UnixMillis) =>
      write({
        id,
        set: progressAttributes(progress, now),
        condition: '#status = :running AND #leaseUntil = :mine',
        values: { running: 'running', mine: leaseUntil ?? 0 },
      }),

    /** @returns undefined when it has ended already */
    cancel: (id: string, now: UnixMillis) =>
      write({
        id,
        set: { status: 'cancelled', updatedAt: now, leaseUntil: undefined, ...attention(undefined) },
        condition: '#status = :running',
        values: { running: 'running' },
      }),
  } satisfies RecoveryStore;
}

/** Sets the progress and ends the lease. A recovery that is done leaves the attention index. */
const progressAttributes = (progress: RecoveryProgress, now: UnixMillis) => ({
  page: progress.page,
  passed: progress.passed,
  replayed: progress.replayed,
  refused: progress.refused,
  ofEarlierEndpoint: progress.ofEarlierEndpoint,
  status: progress.status,
  updatedAt: now,
  leaseUntil: undefined,
  ...(progress.status !== 'running' && attention(undefined)),
});

const parse = itemParser('recovery', 'Endpoints', RecoveryItem);

/** @throws MalformedItemError */
export function parseRecovery(item: unknown): Recovery {
  const { ofTenant, ...rest } = parse(item);
  return { ...rest, tenant: ofTenant };
}
