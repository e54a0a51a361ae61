import { defineHandlers } from '../../../lambdas/domain/handler.ts';

/** A publish message with every field that publishers may give, but a URL. */
export const publication = {
  id: 'evt_1',
  type: 'a.b',
  tenant: 'acme',
  data: { amount: 1, list: [1, { a: 'b' }] },
  endpoint: { id: 'ep_1', generation: 'gen_1' },
};

export const range = {
  v: 1,
  kind: 'range',
  tenant: 'acme',
  eventId: 'evt_1',
  correlationId: 'message-1',
  range: '["ep_1","ep_2"]',
};

export const task = {
  v: 1,
  deliveryId: 'dlv_1',
  tenant: 'acme',
  endpointId: 'ep_1',
  generation: 'gen_1',
  attempt: 1,
  payload: '{"type":"a.b"}',
};

/** A source whose events have no handler. */
export const noHandlers = defineHandlers('stripe', { 'account.updated': async () => undefined });
