import * as v from 'valibot';
import { heldByOf } from '../../../domain/delivery-record.ts';
import { type DeliveryId, DeliveryIdText, type EndpointId, type TenantId } from '../../../domain/ids.ts';
import { heldIndex } from '../../../domain/tables.ts';
import { type DynamodbClient, QueryCommand } from '../commands.ts';

const Key = v.object({ id: DeliveryIdText });

/** The held index: which deliveries wait for their endpoint to be enabled. */
export function dynamodbHeld(client: DynamodbClient, table: string) {
  return {
    /** Reads the oldest first; eventually consistent. */
    async heldOf(
      { tenant, id }: { readonly tenant: TenantId; readonly id: EndpointId },
      limit: number,
    ): Promise<readonly DeliveryId[]> {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: heldIndex.name,
          KeyConditionExpression: '#heldBy = :heldBy',
          ExpressionAttributeNames: { '#heldBy': heldIndex.partitionKey },
          ExpressionAttributeValues: { ':heldBy': heldByOf({ tenant, endpointId: id }) },
          Limit: limit,
        }),
      );
      return Items.map((item) => v.parse(Key, item).id);
    },
  };
}
