import { inboundKeys } from '../../../domain/tables.ts';
import { type Tap, type TapStore, tapExpiry } from '../../../domain/tap.ts';
import type { UnixMillis } from '../../../domain/time.ts';
import { DeleteCommand, type DynamodbClient, UpdateCommand } from '../commands.ts';
import { unlessRefused } from '../unless-refused.ts';
import { dynamodbTaps, type Places, places, readPlaces } from './taps.ts';

/** Other listeners may take the same place meanwhile. */
const tries = 3;

/** The taps in the InboundEvents table, as a listener opens and closes its own. */
export function dynamodbListeners(client: DynamodbClient, table: string) {
  const keyOf = (source: string) => ({ TableName: table, Key: { id: inboundKeys.tap(source) } });

  async function openOnce(source: string, tap: Tap, now: UnixMillis): Promise<boolean | 'full'> {
    const taken = await readPlaces(client, table, source, true);
    const isFree = (place: string) => (taken[place]?.until ?? 0) <= now;
    const place = placeOf(taken, tap.queueName) ?? places.find(isFree);
    if (place === undefined) return 'full';
    return unlessRefused(client.send(new UpdateCommand({ ...keyOf(source), ...taking(place, tap, now) })));
  }

  return {
    ...dynamodbTaps(client, table),

    async open(source: string, tap: Tap, now: UnixMillis): Promise<boolean> {
      for (let nth = 0; nth < tries; nth++) {
        const opened = await openOnce(source, tap, now);
        if (opened !== false) return opened === true;
      }
      return false;
    },

    async close(source: string, queueName: string, now: UnixMillis): Promise<boolean> {
      const mine = placeOf(await readPlaces(client, table, source, true), queueName);
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
