import { arnOf, type KeptWorld, secretOf } from './kept-aws.ts';

export const whsec = (letter: string) => `whsec_${letter.repeat(32)}`;
/** The message of an event, as the receiver sends it. */
export const event = (id: string, source = 'stripe', where: object = { body: '{}' }) =>
  JSON.stringify({
    v: 1,
    source,
    provider: 'stripe',
    id,
    type: 'invoice.paid',
    receivedAt: 1,
    correlationId: 'c',
    headers: {},
    ...where,
  });
/** The dead letter of a message. */
const letter = (message: string) =>
  JSON.stringify({ v: 1, kind: 'inbound', id: 'stripe#x', reason: 'it broke', at: 1, attempts: 7, message });

export const ownQueue = 'Hookline-SourcestripeWorkQueue1-A';
export const leftQueue = 'Hookline-SourcestripeWorkQueue9-Z';
export const leftDlq = 'Hookline-SourcestripeWorkDlq9-Z';

/** A stack whose source `stripe` was removed and added again, and what its first life left. */
export function world(changed: Partial<KeptWorld> = {}): KeptWorld {
  return {
    secrets: { ...secretOf('new', 'stripe', []), ...secretOf('old', 'stripe', [whsec('a')]) },
    queues: {
      [ownQueue]: { messages: [] },
      [leftQueue]: { messages: [event('e1'), event('e2', 'github')] },
      [leftDlq]: { messages: [letter(event('e3')), 'no JSON'] },
      'Hookline-OutboundDeliveringQueue9-Z': { messages: ['{"v":1,"deliveryId":"d"}'] },
    },
    ...changed,
  };
}

export const urlOf = (name: string) => `http://127.0.0.1:4566/000000000000/${name}`;
export const valuesOf = ({ secrets }: KeptWorld, name = 'new') => secrets[arnOf(name)]?.values;
