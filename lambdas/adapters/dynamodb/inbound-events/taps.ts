import * as v from 'valibot';
import { Instant } from '../../../domain/instant-fields.ts';
import { inboundKeys } from '../../../domain/tables.ts';
import { maxTaps, type Tap, type TapStore } from '../../../domain/tap.ts';
import { type DynamodbClient, GetCommand } from '../commands.ts';
import { itemParser } from '../parse-item.ts';

/** The attributes of the item, one for each listener: a consumer reads all of them at once. */
export const places = Array.from({ length: maxTaps }, (_, nth) => `tap${nth}`);
const TapField = v.object({ queueName: v.string(), until: Instant });
const TapItem = v.object(Object.fromEntries(places.map((place) => [place, v.optional(TapField)])));
const parseTaps = itemParser('tap', 'InboundEvents', TapItem);

/** The taps of a source, by place. */
export type Places = Readonly<Record<string, Tap | undefined>>;

/** Reads the item of a source's taps. */
export async function readPlaces(
  client: DynamodbClient,
  table: string,
  source: string,
  ConsistentRead: boolean,
): Promise<Places> {
  const { Item } = await client.send(
    new GetCommand({ TableName: table, Key: { id: inboundKeys.tap(source) }, ConsistentRead }),
  );
  return Item === undefined ? {} : parseTaps(Item);
}

/** The taps in the InboundEvents table, as a consumer reads them; `listeners.ts` has what a listener writes. */
export const dynamodbTaps = (client: DynamodbClient, table: string): Pick<TapStore, 'read'> => ({
  read: async (source) =>
    Object.values(await readPlaces(client, table, source, false)).filter((tap) => tap !== undefined),
});
