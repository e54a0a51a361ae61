import * as v from 'valibot';
import type { Endpoint } from '../../../domain/endpoint.ts';
import type { EndpointStore } from '../../../domain/endpoint-store.ts';
import type { DynamodbClient } from '../commands.ts';
import { type ConditionalUpdate, updateIf } from '../conditional-update.ts';
import { attentionItems } from './attention.ts';
import { changeCount } from './change-count.ts';
import { dynamodbEndpointChanges } from './changes.ts';
import { EndpointKey, parseEndpoint } from './item.ts';
import { dynamodbEndpointReads } from './reads.ts';
import { endpointUpdates } from './updates.ts';

/** The Endpoints table. */
export function dynamodbEndpoints(client: DynamodbClient, table: string) {
  /** Each returns the endpoint after the write, or undefined when the write was refused. */
  const writes =
    <Args extends unknown[]>(updateFor: (...args: Args) => ConditionalUpdate) =>
    async (...args: Args): Promise<Endpoint | undefined> => {
      const { ok, item } = await updateIf(client, table, updateFor(...args));
      return ok ? parseEndpoint(item) : undefined;
    };
  const changes = changeCount(client, table);

  return {
    changes: changes.read,

    ...dynamodbEndpointReads(client, table),
    disable: async (...args: Parameters<EndpointStore['disable']>) => {
      const disabled = await writes(endpointUpdates.disable)(...args);
      if (disabled !== undefined) await changes.add(disabled.tenant);
      return disabled;
    },
    reseal: writes(endpointUpdates.reseal),
    resumeEndpoint: writes(endpointUpdates.resumeEndpoint),
    reconciled: writes(endpointUpdates.reconciled),
    markHeldEmpty: writes(endpointUpdates.markHeldEmpty),

    toReconcile: async () =>
      (await attentionItems(client, table, 'yes')).map((item) => v.parse(EndpointKey, item)),
    ...dynamodbEndpointChanges(client, table),
  } satisfies EndpointStore;
}
