import { dynamodbEndpointGauges } from '../../../../lambdas/adapters/dynamodb/endpoints/gauges.ts';
import { dynamodbLimiter } from '../../../../lambdas/adapters/dynamodb/limiter/store.ts';
import { endpointHash } from '../../../../lambdas/domain/delivery-task.ts';
import { asEndpointId, asTenantId } from '../../../../lambdas/domain/ids.ts';
import type { Held, Shown, Slot } from '../../../../lambdas/domain/limiter-store.ts';
import { millis, seconds, type UnixMillis } from '../../../../lambdas/domain/time.ts';
import { after, type Draw, type MakeOperations, oneOf, recent, start } from './operations.ts';

const limits = { concurrent: 3, breakAfter: 2, disableAfter: seconds(100) };
const allShown: readonly [Shown, ...(Shown | undefined)[]] = [
  { health: 'up' },
  { health: 'slow' },
  { health: 'refusing' },
  { health: 'down' },
  { health: 'down', failures: 3, after: 'refusal' },
  { health: 'down', failures: 2, after: 'success', quick: 2 },
  { health: 'hanging' },
  { health: 'up', isSlow: true, quick: 3, endsHanging: true },
  undefined,
];

/** The limiter of one endpoint. */
export const limiterOperations: MakeOperations = (client, run) => {
  const store = dynamodbLimiter(client, 'Endpoints');
  const gauges = dynamodbEndpointGauges(client, 'Endpoints');
  const of = { tenant: asTenantId(run), endpointId: asEndpointId('ep_1'), isRegistered: true };
  const limiterKey = endpointHash(of);
  const slots: Slot[] = [];
  const openTimes: UnixMillis[] = [];
  const slotOf = (held: Held, draw: Draw): Slot => ({
    limiterKey,
    of: { ...of, isRegistered: draw.c > 0 },
    held,
    isByHand: held.kind === 'hand',
    limits,
  });
  const noLease: Held = { kind: 'lease', token: 'none', count: 1, until: start };
  const slotBy = (draw: Draw): Slot => recent(slots, draw.a) ?? slotOf(noLease, draw);
  const openBy = ({ a, now }: Draw): UnixMillis => recent(openTimes, a) ?? now;

  const take = async (draw: Draw) => {
    const { now, b, c } = draw;
    const { slots: ended } = b > 1 ? await store.read(limiterKey) : { slots: {} };
    const perSecond = b === 1 ? 100 : undefined;
    const ask = { count: 1 + (c % 2), ended, isInLine: c > 2, limits: { ...limits, perSecond } };
    const taken = await store.take(limiterKey, { ...ask, now, until: after(now, 20) });
    if (taken.ok) slots.push(slotOf(taken.held, draw));
    else if (taken.state.openUntil !== undefined) openTimes.push(taken.state.openUntil);
  };
  return {
    take,
    takeAgain: take,
    async probe(draw) {
      const until = after(draw.now, 20);
      const taken = await store.probe(limiterKey, openBy(draw), until);
      if (taken.ok) slots.push(slotOf({ kind: 'probe', until }, draw));
    },
    async takeByHand(draw) {
      const held = await store.takeByHand(limiterKey, draw.now, after(draw.now, 20));
      if (held !== undefined) slots.push(slotOf(held, draw));
    },
    hold: ({ now, b }) => store.hold(limiterKey, after(now, 10 * b)),
    leave: (draw) => store.leave(slotBy(draw), oneOf(allShown, draw.b + draw.c), draw.now),
    leaveDown: (draw) => store.leave(slotBy(draw), { health: 'down' }, draw.now),
    async open(draw) {
      const until = after(draw.now, 30);
      const { held } = slotBy(draw);
      const probeUntil = held.kind === 'probe' ? held.until : undefined;
      await store.open({ limiterKey, of: { ...of, isRegistered: draw.c > 0 }, probeUntil }, until, draw.now);
      openTimes.push(until);
    },
    reset: ({ b }) => (b === 0 ? store.reset(limiterKey) : Promise.resolve()),
    clearPlaces: ({ b }) => (b === 0 ? store.clearPlaces(limiterKey) : Promise.resolve()),
    reserve: ({ now, b }) => store.reserve(limiterKey, millis(100 * (b + 1)), now),
    read: () => store.read(limiterKey),
    down: ({ now, b }) => gauges.down(after(now, -20 * b)),
  };
};
