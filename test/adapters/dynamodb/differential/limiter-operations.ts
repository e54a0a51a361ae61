import { dynamodbEndpointGauges } from '../../../../lambdas/adapters/dynamodb/endpoints/gauges.ts';
import { dynamodbLimiter } from '../../../../lambdas/adapters/dynamodb/limiter/store.ts';
import { endpointHash } from '../../../../lambdas/domain/delivery-task.ts';
import { asEndpointId, asTenantId } from '../../../../lambdas/domain/ids.ts';
import type { Slot } from '../../../../lambdas/domain/limiter-store.ts';
import { millis, seconds, type UnixMillis } from '../../../../lambdas/domain/time.ts';
import { after, type Draw, type MakeOperations, oneOf, recent, start } from './operations.ts';

const limits = { concurrent: 3, breakAfter: 2, disableAfter: seconds(100) };
const healths = ['up', 'slow', 'refusing', 'down', 'down', undefined] as const;

/** The limiter of one endpoint. */
export const limiterOperations: MakeOperations = (client, run) => {
  const store = dynamodbLimiter(client, 'Endpoints');
  const gauges = dynamodbEndpointGauges(client, 'Endpoints');
  const of = { tenant: asTenantId(run), endpointId: asEndpointId('ep_1'), isRegistered: true };
  const limiterKey = endpointHash(of);
  const slots: Slot[] = [];
  const openTimes: UnixMillis[] = [];
  const slotOf = (name: string, until: UnixMillis, draw: Draw): Slot => ({
    limiterKey,
    of: { ...of, isRegistered: draw.c > 0 },
    name,
    until,
    isProbe: name === 'probe',
    isByHand: name === 'hand',
    limits,
  });
  const slotBy = (draw: Draw): Slot => recent(slots, draw.a) ?? slotOf('slot0', start, draw);
  const openBy = ({ a, now }: Draw): UnixMillis => recent(openTimes, a) ?? now;

  const take = async (draw: Draw) => {
    const { now, b, c } = draw;
    const until = after(now, 20);
    const times = { now, until, ifProven: c > 2, ...(b === 1 && { nextAt: after(now, 5) }) };
    const taken = await store.take(limiterKey, `slot${c}`, times);
    if (taken.ok) slots.push(slotOf(`slot${c}`, until, draw));
    else if (taken.state.openUntil !== undefined) openTimes.push(taken.state.openUntil);
  };
  return {
    take,
    takeAgain: take,
    async probe(draw) {
      const until = after(draw.now, 20);
      const taken = await store.probe(limiterKey, openBy(draw), until);
      if (taken.ok) slots.push(slotOf('probe', until, draw));
    },
    async takeByHand(draw) {
      const until = after(draw.now, 20);
      if (await store.takeByHand(limiterKey, draw.now, until)) slots.push(slotOf('hand', until, draw));
    },
    hold: ({ now, b }) => store.hold(limiterKey, after(now, 10 * b)),
    leave: (draw) => store.leave(slotBy(draw), oneOf(healths, draw.b + draw.c), draw.now),
    leaveDown: (draw) => store.leave(slotBy(draw), 'down', draw.now),
    async open(draw) {
      const until = after(draw.now, 30);
      await store.open(slotBy(draw), until, draw.now);
      openTimes.push(until);
    },
    reset: ({ b }) => (b === 0 ? store.reset(limiterKey) : Promise.resolve()),
    clearPlaces: ({ b }) => (b === 0 ? store.clearPlaces(limiterKey) : Promise.resolve()),
    reserve: ({ now, b }) => store.reserve(limiterKey, millis(100 * (b + 1)), now),
    read: () => store.read(limiterKey),
    down: ({ now, b }) => gauges.down(after(now, -20 * b)),
  };
};
