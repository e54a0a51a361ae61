import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parseExactly } from '../../lambdas/domain/exact-json.ts';
import { matchesFilter, PayloadFilter } from '../../lambdas/domain/payload-filter.ts';
import { wants } from '../../lambdas/domain/subscription.ts';

const data = parseExactly(
  '{"amount":1200,"big":12345678901234567890,"customer":{"country":"DE","vat":null},"lines":[{"sku":"a-1"}],"paid":true}',
);
const matches = (filter: unknown) => matchesFilter(v.parse(PayloadFilter, filter), data);

const condition = { path: 'paid', equals: true };

/** So many conditions around one. */
function nested(kind: 'not' | 'all' | 'any', levels: number): object {
  let filter: object = condition;
  for (let level = 0; level < levels; level++) filter = { [kind]: kind === 'not' ? filter : [filter] };
  return filter;
}

describe('a filter on the payload', () => {
  it.each([
    [{ path: 'amount', equals: 1200 }, true],
    [{ path: 'amount', equals: '1200' }, false],
    [{ path: 'paid', equals: true }, true],
    [{ path: 'customer.vat', equals: null }, true],
    [{ path: 'customer.none', equals: null }, false],
    [{ path: 'customer.country', in: ['FR', 'DE'] }, true],
    [{ path: 'customer.country', in: ['FR'] }, false],
    [{ path: 'customer.vat', exists: true }, true],
    [{ path: 'customer.none', exists: true }, false],
    [{ path: 'customer.none', exists: false }, true],
    [{ path: 'amount', gt: 1199, lt: 1201 }, true],
    [{ path: 'amount', gt: 1200 }, false],
    [{ path: 'amount', gte: 1200, lte: 1200 }, true],
    [{ path: 'customer.country', gte: 0 }, false],
    [{ path: 'big', gt: 9007199254740991 }, true],
    [{ path: 'lines.0.sku', prefix: 'a-' }, true],
    [{ path: 'lines.0.sku', prefix: 'b' }, false],
    [{ path: 'amount', prefix: '1' }, false],
    [
      {
        all: [
          { path: 'paid', equals: true },
          { path: 'amount', gte: 1 },
        ],
      },
      true,
    ],
    [
      {
        all: [
          { path: 'paid', equals: true },
          { path: 'amount', gte: 9999 },
        ],
      },
      false,
    ],
    [
      {
        any: [
          { path: 'paid', equals: false },
          { path: 'amount', gte: 1 },
        ],
      },
      true,
    ],
    [{ any: [{ path: 'paid', equals: false }] }, false],
    [{ not: { path: 'paid', equals: false } }, true],
    [{ not: { any: [{ path: 'paid', exists: true }] } }, false],
    [{ path: 'constructor.name', exists: true }, false],
    [{ path: '__proto__', exists: true }, false],
  ])('%j: %s', (filter, wanted) => {
    expect(matches(filter)).toBe(wanted);
  });

  it.each([nested('not', 14), nested('all', 7), nested('any', 7)])(
    'that is nested is taken: %j',
    (filter) => {
      expect(matches(filter)).toBe(true);
    },
  );

  it('that is nested too deep is told so, not what it would be inside', () => {
    const { issues } = v.safeParse(PayloadFilter, nested('not', 40));

    expect(issues?.map(({ message }) => message)).toEqual(['at most 16 levels of objects and lists deep']);
  });

  it.each([
    [{}],
    [{ path: 'a' }],
    [{ path: '', equals: 1 }],
    [{ path: 'a..b', equals: 1 }],
    [{ path: 'a', equals: {} }],
    [{ path: 'a', matches: '.*' }],
    [{ all: [] }],
    [{ all: [{ path: 'a' }] }],
    [{ not: [{ path: 'a', equals: 1 }] }],
    [{ any: [{ path: 'a', equals: 1 }], all: [] }],
    [{ path: 'a', equals: 'x'.repeat(5000) }],
    [{ path: 'a', gt: 1e19 }],
    [{ path: 'a', in: [1, -9007199254740992] }],
    [{ path: 'a', equals: 1e-200 }],
    [{ path: 'a', lte: Number.POSITIVE_INFINITY }],
    [nested('not', 16)],
    [nested('all', 8)],
    [nested('any', 200)],
    [nested('not', 500_000)],
    ['amount > 5'],
    [null],
  ])('that is none is refused (%#)', (filter) => {
    expect(v.safeParse(PayloadFilter, filter).success).toBe(false);
  });
});

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
  ])('to %j takes %s: %s', (eventTypes, type, wanted) => {
    expect(wants({ eventTypes }, type, {})).toBe(wanted);
  });

  it('with a filter takes what both say', () => {
    const subscription = { eventTypes: ['invoice.*'], filter: { path: 'amount', gte: 1000 } };

    expect(wants(subscription, 'invoice.paid', data)).toBe(true);
    expect(wants(subscription, 'invoice.paid', { amount: 5 })).toBe(false);
    expect(wants(subscription, 'order.paid', data)).toBe(false);
  });
});
