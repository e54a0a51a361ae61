import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import type { GateState } from '../../domain/gate.ts';
import { otherItems } from '../../domain/tables.ts';
import { type Millis, type UnixMillis, unixMillis } from '../../domain/time.ts';
import { updateIf, type Written } from './conditional-update.ts';
import { type GateUpdate, gateUpdates, type Health, type LeftPass, type TakeTimes } from './gate-updates.ts';

const Instant = v.pipe(v.number(), v.transform(unixMillis));

/** A gate's item: a slot is an attribute of its own, too, so that two slots are two writes that do not meet. */
const KnownAttributes = v.object({
  nextAt: v.optional(Instant),
  failures: v.optional(v.number(), 0),
  failingSince: v.optional(Instant),
  failedAt: v.optional(Instant),
  openUntil: v.optional(Instant),
  openedAt: v.optional(Instant),
  probe: v.optional(Instant),
  retryAfter: v.optional(Instant),
  probes: v.optional(v.number(), 0),
  provenAt: v.optional(Instant),
  reservedUntil: v.optional(Instant),
});
const GateItem = v.looseObject(KnownAttributes.entries);

const keyOf = (gate: string) => ({ tenant: `${otherItems.gate}${gate}`, id: 'gate' });

/** The gates of endpoints, one item each in the Endpoints table. */
export function dynamodbGates(client: DynamoDBDocumentClient, table: string) {
  const write = (gate: string, update: GateUpdate): Promise<Written> =>
    updateIf(client, table, { ...keyOf(gate), ...update });
  const taken = ({ ok, item }: Written) => (ok ? ({ ok } as const) : ({ ok, state: stateOf(item) } as const));

  return {
    take: async (gate: string, slot: string, times: TakeTimes) =>
      taken(await write(gate, gateUpdates.take(slot, times))),

    probe: async (gate: string, seenOpenUntil: UnixMillis, until: UnixMillis) =>
      taken(await write(gate, gateUpdates.probe(seenOpenUntil, until))),

    takeByHand: async (gate: string, now: UnixMillis, until: UnixMillis): Promise<boolean> =>
      (await write(gate, gateUpdates.takeByHand(now, until))).ok,

    async hold(gate: string, until: UnixMillis): Promise<void> {
      await write(gate, gateUpdates.hold(until));
    },

    /** As it stands after every write that was answered. */
    async read(gate: string): Promise<GateState> {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: keyOf(gate), ConsistentRead: true }),
      );
      return stateOf(Item);
    },

    async leave(pass: LeftPass, health: Health, now: UnixMillis): Promise<GateState> {
      let left: Written | undefined;
      for (const update of gateUpdates.leave(pass, health, now)) {
        left = await write(pass.gate, update);
        if (left.ok) break;
      }
      return stateOf(left?.item);
    },

    async open(pass: LeftPass, until: UnixMillis, now: UnixMillis): Promise<void> {
      await write(pass.gate, gateUpdates.open(pass, until, now));
    },

    /** Forgets what is known about an endpoint: somebody says that it is well. */
    async reset(gate: string): Promise<void> {
      await write(gate, gateUpdates.reset());
    },

    /** Gives out a time for each who waits, `span` apart. */
    async reserve(gate: string, span: Millis, now: UnixMillis): Promise<UnixMillis> {
      const next = await write(gate, gateUpdates.reserveNext(span, now));
      const { item } = next.ok ? next : await write(gate, gateUpdates.reserveFirst(span, now));
      return v.parse(GateItem, item).reservedUntil ?? unixMillis(now + span);
    },
  };
}

function stateOf(item: unknown): GateState {
  const gate = v.parse(GateItem, item ?? {});
  const slots = Object.entries(gate)
    .filter(([name]) => name.startsWith('slot'))
    .map(([name, until]) => [name.slice('slot'.length), unixMillis(Number(until))]);
  const { reservedUntil: _, ...known } = v.parse(KnownAttributes, gate);
  return { ...known, slots: Object.fromEntries(slots) };
}
