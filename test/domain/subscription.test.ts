import { describe, expect, it } from 'vitest';
import { parseExactly } from '../../lambdas/domain/exact-json.ts';
import { wants } from '../../lambdas/domain/subscription.ts';

const data = parseExactly('{"amount":1200}');

describe('a subscription', () => {
  it.each([
    [['*'], 'invoice.paid', true],
    [['invoice.paid'], 'invoice.paid', true],
    [['invoice.*'], 'invoice.paid', true],
    [['invoice.*'], 'invoice.line.added', true],
    [['invoice.*'], 'invoice', false],
    [['invoice.*'], 'invoices.paid', false],
    [['invoice.paid'], 'invoice.paid.late', false],
    [['order.*', 'invoice.paid'], 'invoice.paid', true],
  ])('a subscription to %j accepts %s: %s', (eventTypes, type, wanted) => {
    expect(wants({ eventTypes }, type, {})).toBe(wanted);
  });

  it('a subscription with a filter accepts what matches both', () => {
    const subscription = { eventTypes: ['invoice.*'], filter: { path: 'amount', gte: 1000 } };

    expect(wants(subscription, 'invoice.paid', data)).toBe(true);
    expect(wants(subscription, 'invoice.paid', { amount: 5 })).toBe(false);
    expect(wants(subscription, 'order.paid', data)).toBe(false);
  });
});
