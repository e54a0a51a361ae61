import { createHmac } from 'node:crypto';
import { seconds, type UnixMillis } from '../../../lambdas/domain/time.ts';
import { requestOf } from '../../support/worlds/inbound-receiver.ts';
import type { Scenario, SentRequest } from './scenario.ts';

const hmac = { signatureHeader: 'x-signature', algorithm: 'sha256', encoding: 'hex', prefix: '' } as const;
const plain = { provider: 'hmac', hmac } as const;
const batches = { provider: 'hmac', hmac: { ...hmac, batch: true } } as const;

const signed = (name: string, body: string, key: string, events = 1): SentRequest => {
  const signature = createHmac('sha256', key).update(body).digest('hex');
  const request = requestOf(body, { 'x-signature': signature });
  return { name, isGenuine: true, events, make: () => request };
};

/** Signed with a key that is not, or no longer, the source's. */
export const forgersKey = 'forged';
const forged = (name: string, body: string, key = forgersKey): SentRequest => ({
  ...signed(name, body, key),
  isGenuine: false,
  events: 0,
});

const event = (id: string, filling = ''): string => JSON.stringify({ id, filling });

/** Mailgun signs a time and a token, not the body: a token counts with one body only. */
const mailgun = (name: string, key: string): SentRequest => ({
  name,
  isGenuine: true,
  events: 1,
  make(now) {
    const timestamp = String(Math.floor(now / 1000));
    const token = name.repeat(10);
    const signature = createHmac('sha256', key).update(`${timestamp}${token}`).digest('hex');
    const parts = {
      signature: { timestamp, token, signature },
      'event-data': { id: name, event: 'delivered' },
    };
    return requestOf(JSON.stringify(parts));
  },
});

/** The same, but each delivery has the bytes of the first one. */
const sameBytes = (request: SentRequest): SentRequest => {
  let first: ReturnType<SentRequest['make']> | undefined;
  return {
    ...request,
    make(now: UnixMillis, nth: number) {
      if (nth === 0) first = undefined;
      first ??= request.make(now, nth);
      return first;
    },
  };
};

/** The token of a request that was seen on its way, with another body. */
const reused = (name: string, seen: SentRequest): SentRequest => ({
  name,
  isGenuine: false,
  events: 0,
  make(now) {
    const request = seen.make(now, 1);
    const parts = JSON.parse(Buffer.from(request.body).toString());
    return requestOf(JSON.stringify({ ...parts, 'event-data': { id: name, event: 'delivered' } }));
  },
});

const once = sameBytes(mailgun('token', 'secret'));

/** What a source gets. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'one event',
    settings: plain,
    secret: 'secret',
    requests: [signed('one', event('1'), 'secret')],
  },
  {
    name: 'a body that is too large for a message',
    settings: plain,
    secret: 'secret',
    requests: [signed('large', event('1', 'x'.repeat(300_000)), 'secret')],
  },
  {
    name: 'a batch of events, more than one call to the queue takes',
    settings: batches,
    secret: 'secret',
    requests: [
      signed('batch', JSON.stringify(Array.from({ length: 25 }, (_, id) => ({ id }))), 'secret', 25),
    ],
  },
  {
    name: 'a token that counts once, and that another body comes with',
    settings: { provider: 'mailgun', tolerance: seconds(3_600) },
    secret: 'secret',
    requests: [once, reused('reused', once)],
  },
  {
    name: 'forged requests before and after a rotation',
    settings: { ...plain, rotationOverlap: seconds(0) },
    secret: 'old',
    rotation: { before: 2, secret: 'new' },
    requests: [
      forged('forged-1', event('2')),
      signed('before', event('1'), 'old'),
      signed('after', event('3'), 'new'),
      forged('forged-2', event('4'), 'old'),
      forged('forged-3', event('5')),
    ],
  },
];
