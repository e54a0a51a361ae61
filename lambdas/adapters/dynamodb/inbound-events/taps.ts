import * as v from 'valibot';
import { Instant } from '../../../domain/instant-fields.ts';
import { inboundKeys } from '../../../domain/tables.ts';
import { maxTaps, type Tap, type TapStore, tapExpiry } from '../../../domain/tap.ts';
import type { UnixMillis } from '../../../domain/time.ts';
import { DeleteCommand, type DynamodbClient, GetCommand, UpdateCommand } from '../commands.ts';
import { itemParser } from '../parse-item.ts';
import { unlessRefused } from '../unless-refused.ts';

/** The attributes of the item, one for each listener: a consumer reads all of them at once. */
const places = Array.from({ length: maxTaps }, (_, nth) => `tap${nth}`);
const TapField = v.object({ queueName: v.string(), until: Instant });
const TapItem = v.object(Object.fromEntries(places.map((place) => [place, v.optional(TapField)])));
const parseTaps = itemParser('tap', 'InboundEvents', TapItem);

type Places = Readonly<Record<string, Tap | undefined>>;

/** Other listeners may take the same place meanwhile. */
const tries = 3;

/** The taps in the InboundEvents table. */
export function dynamodbTaps(client: DynamodbClient, table: string) {
  const keyOf = (source: string) => ({ TableName: table, Key: { id: inboundKeys.tap(source) } });

  async function readPlaces(source: string, ConsistentRead: boolean): Promise<Places> {
    const { Item } = await client.send(new GetCommand({ ...keyOf(source), ConsistentRead }));
    return Item === undefined ? {} : parseTaps(Item);
  }

  async function openOnce(source: string, tap: Tap, now: UnixMillis): Promise<boolean | 'full'> {
    const taken = await readPlaces(source, true);
    const isFree = (place: string) => (taken[place]?.until ?? 0) <= now;
    const place = placeOf(taken, tap.queueName) ?? places.find(isFree);
    if (place === undefined) return 'full';
    return unlessRefused(client.send(new UpdateCommand({ ...keyOf(source), ...taking(place, tap, now) })));
  }

  return {
    async read(source: string): Promise<readonly Tap[]> {
      return Object.values(await readPlaces(source, false)).filter((tap) => tap !== undefined);
    },

    async open(source: string, tap: Tap, now: UnixMillis): Promise<boolean> {
      for (let nth = 0; nth < tries; nth++) {
        const opened = await openOnce(source, tap, now);
        if (opened !== false) return opened === true;
      }
      return false;
    },

    async close(source: string, queueName: string, now: UnixMillis): Promise<boolean> {
      const mine = placeOf(await readPlaces(source, true), queueName);
      if (mine === undefined) return false;
      const wasLast = await unlessRefused(
        client.send(new DeleteCommand({ ...keyOf(source), ...lastOf(mine, queueName, now) })),
      );
      if (wasLast) return true;
      return unlessRefused(
        client.send(
          new UpdateCommand({
            ...keyOf(source),
            UpdateExpression: 'REMOVE #place',
            ConditionExpression: '#place.#queueName = :mine',
            ExpressionAttributeNames: { '#place': mine, '#queueName': 'queueName' },
            ExpressionAttributeValues: { ':mine': queueName },
          }),
        ),
      );
    },
  } satisfies TapStore;
}

const placeOf = (taken: Places, queueName: string): string | undefined =>
  places.find((place) => taken[place]?.queueName === queueName);

/** The update by which a listener takes a free place, or renews its own. */
const taking = (place: string, tap: Tap, now: UnixMillis) => ({
  UpdateExpression: 'SET #place = :tap, #expiresAt = :expiresAt',
  ConditionExpression: 'attribute_not_exists(#place) OR #place.#until <= :now OR #place.#queueName = :mine',
  ExpressionAttributeNames: {
    '#place': place,
    '#expiresAt': 'expiresAt',
    '#until': 'until',
    '#queueName': 'queueName',
  },
  ExpressionAttributeValues: {
    ':tap': { queueName: tap.queueName, until: tap.until },
    ':expiresAt': tapExpiry(tap),
    ':now': now,
    ':mine': tap.queueName,
  },
});

/** The condition that a place is a listener's, and no other place has a live tap. */
function lastOf(mine: string, queueName: string, now: UnixMillis) {
  const others = places.filter((place) => place !== mine);
  const areOver = others.map((place) => `(attribute_not_exists(#${place}) OR #${place}.#until <= :now)`);
  return {
    ConditionExpression: [`#${mine}.#queueName = :mine`, ...areOver].join(' AND '),
    ExpressionAttributeNames: {
      ...Object.fromEntries(places.map((place) => [`#${place}`, place])),
      '#until': 'until',
      '#queueName': 'queueName',
    },
    ExpressionAttributeValues: { ':mine': queueName, ':now': now },
  };
}
