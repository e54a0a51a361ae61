import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  defineHandlers,
  findHandler,
  type HandlerEvent,
  PermanentFailure,
  parsePayloadAs,
} from '../../lambdas/domain/handler.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';

const nothing = async () => undefined;

const event = (payload: unknown): HandlerEvent => ({
  id: 'evt_1',
  type: 'invoice.paid',
  source: 'stripe',
  provider: 'stripe',
  receivedAt: unixMillis(1_795_000_000_000),
  headers: {},
  payload,
  body: Buffer.from(''),
});

describe('findHandler', () => {
  const handlers = defineHandlers('stripe', {
    'customer.created': nothing,
    'customer.*': nothing,
    'customer.subscription.*': nothing,
    '*': nothing,
  });

  it.each([
    ['customer.created', 'customer.created'],
    ['customer.deleted', 'customer.*'],
    ['customer.subscription.deleted', 'customer.subscription.*'],
    ['customer', '*'],
    ['customers.created', '*'],
    ['constructor', '*'],
  ])('findHandler maps %s to %s', (type, declaredAs) => {
    expect(findHandler(handlers, type)?.declaredAs).toBe(declaredAs);
  });

  it('findHandler finds no handler if no type matches', () => {
    expect(findHandler(defineHandlers('stripe', { 'a.*': nothing }), 'constructor')).toBeUndefined();
  });
});

describe('defineHandlers', () => {
  it.each(['a.*.b', '*.a', 'a*', '**', ''])('defineHandlers refuses %j, which would never match', (type) => {
    expect(() => defineHandlers('stripe', { [type]: nothing })).toThrow(TypeError);
  });

  it.each(['*', 'a', 'a.*', 'a.b', 'orders/create', 'orders/*'])('defineHandlers accepts %j', (type) => {
    expect(defineHandlers('stripe', { [type]: nothing }).byType.has(type)).toBe(true);
  });
});

describe('parsePayloadAs', () => {
  const Invoice = v.object({ data: v.object({ amount: v.number() }) });

  it('parsePayloadAs returns the payload as the handler needs it', () => {
    expect(parsePayloadAs(Invoice, event({ data: { amount: 5, other: 1 } }))).toEqual({
      data: { amount: 5 },
    });
  });

  it('parsePayloadAs fails permanently, with the field and never the value', () => {
    expect(() => parsePayloadAs(Invoice, event({ data: { amount: 'secret' } }))).toThrow(
      new PermanentFailure('payload of invoice.paid: data.amount: expected number, received string'),
    );
  });
});
