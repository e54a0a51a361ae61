import { expect, it } from 'vitest';
import { defineHandlers } from '../../lambdas/domain/handler.ts';
import { consume } from '../../lambdas/inbound/consume.ts';
import { inboundWorld, stripeMessage } from '../support/worlds/inbound-world.ts';

it('a claim that arrives after another worker ignored the event and acknowledged its message leaves it ignored', async () => {
  const world = inboundWorld(defineHandlers('stripe', {}));
  world.send(stripeMessage('evt_1'));
  const late = world.receive();
  world.wait(90);
  await world.turn();

  const died = { ...world.ports, putBody: () => Promise.reject(new Error('the process ends here')) };
  const answer = await consume(late, world.invocation(), world.team, died);

  expect(answer.failedMessageIds).toEqual([]);
  expect(world.inboundEvents.records.get('stripe#evt_1')?.status).toBe('ignored');
});
