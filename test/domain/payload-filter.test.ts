import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parseExactly } from '../../lambdas/domain/exact-json.ts';
import {
  failedParts,
  matchesFilter,
  PayloadFilter,
  StoredFilter,
} from '../../lambdas/domain/payload-filter.ts';

const data = parseExactly(
  '{"amount":1200,"big":12345678901234567890,"customer":{"country":"DE","vat":null},"lines":[{"sku":"a-1","price":5},{"sku":"b-2","price":50}],"tags":["new","vip"],"sizes":[1.0,2],"none":[],"a.b":{"*":1},"data":{"x":1},"paid":true}',
);
const matches = (filter: unknown) => matchesFilter(v.parse(PayloadFilter, filter), data);

const condition = { path: 'paid', equals: true };

/** One condition inside a number of others. */
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
    [{ path: 'tags', contains: 'vip' }, true],
    [{ path: 'tags', contains: 'VIP' }, false],
    [{ path: 'sizes', contains: 1 }, true],
    [{ path: 'customer.country', contains: 'D' }, false],
    [{ path: 'none', contains: null }, false],
    [{ not: { path: 'tags', contains: 'old' } }, true],
    [{ path: 'customer.country', suffix: 'E' }, true],
    [{ path: 'customer.country', suffix: 'D' }, false],
    [{ path: 'amount', suffix: '0' }, false],
    [{ path: 'lines.*.price', gte: 50 }, true],
    [{ path: 'lines.*.price', gt: 50 }, false],
    [{ path: 'lines.*.price', gt: 5, lt: 50 }, false],
    [{ path: 'lines.*.sku', prefix: 'b', suffix: '2' }, true],
    [{ not: { path: 'lines.*.price', gt: 50 } }, true],
    [{ not: { path: 'lines.*.price', gt: 5 } }, false],
    [{ path: 'tags.*', equals: 'new' }, true],
    [{ path: 'sizes.*', in: [2] }, true],
    [{ path: 'lines.*.price', exists: false }, false],
    [{ path: 'lines.*.discount', exists: false }, true],
    [{ path: 'lines.*.discount', exists: true }, false],
    [{ path: 'none.*.price', exists: false }, true],
    [{ path: 'none.*.price', exists: true }, false],
    [{ path: 'nowhere.*.price', exists: false }, true],
    [{ path: 'paid.*', exists: true }, false],
    [{ path: ['a.b', '*'], equals: 1 }, true],
    [{ path: ['lines', '*', 'sku'], equals: 'b-2' }, true],
    [{ path: ['lines', '1', 'sku'], equals: 'b-2' }, true],
    [{ path: ['data', 'x'], equals: 1 }, true],
    [{ path: 'data', exists: true }, true],
    [{ path: ['__proto__', 'x'], exists: false }, true],
    [{ path: 'big.rawJSON', exists: true }, false],
    [{ path: 'tags.*.length', exists: true }, false],
    [{ path: '__proto__', exists: true }, false],
  ])('a filter %j: %s', (filter, wanted) => {
    expect(matches(filter)).toBe(wanted);
  });

  it.each([nested('not', 14), nested('all', 7), nested('any', 7)])(
    'a nested filter is accepted: %j',
    (filter) => {
      expect(matches(filter)).toBe(true);
    },
  );

  it('a filter that is nested too deep is refused as such', () => {
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
    [{ path: [], equals: 1 }],
    [{ path: [1], equals: 1 }],
    [{ path: Array.from({ length: 33 }, () => 'a'), equals: 1 }],
    [{ path: 'data.customer.id', equals: 1 }],
    [{ path: 'items[0].price', equals: 1 }],
    [{ path: 'items[*].price', equals: 1 }],
    [{ path: '$.items', equals: 1 }],
    [{ path: '/items/0', equals: 1 }],
    [{ not: { any: [{ path: 'data.x', exists: true }] } }],
    [{ path: 'a', contains: [1] }],
    [{ path: 'a', suffix: 1 }],
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
  ])('an invalid filter is refused (%#)', (filter) => {
    expect(v.safeParse(PayloadFilter, filter).success).toBe(false);
  });
});

describe('a path that begins with data', () => {
  it('a path that begins with data is refused with the right path', () => {
    const { issues = [] } = v.safeParse(PayloadFilter, { path: 'data.customer.id', equals: 1 });

    expect(issues.map(({ message }) => message)).toEqual([
      expect.stringMatching(/write customer\.id, not data\.customer\.id.*\["data", "customer"\]/),
    ]);
  });

  it('a path that begins with data is still read from a table', () => {
    const filter = { all: [{ path: 'data.x', equals: 1 }] };

    expect(v.parse(StoredFilter, filter)).toEqual(filter);
    expect(matchesFilter(filter, data)).toBe(true);
  });
});

describe('what a filter keeps out', () => {
  it.each([
    [{ path: 'paid', equals: false }, ['']],
    [
      {
        all: [
          { path: 'paid', equals: true },
          { path: 'amount', gt: 9999 },
          { not: { path: 'tags', contains: 'vip' } },
        ],
      },
      ['all.1', 'all.2'],
    ],
    [
      { any: [{ path: 'x', exists: true }, { all: [{ path: 'y', exists: true }] }] },
      ['any.0', 'any.1.all.0'],
    ],
    [{ path: 'paid', equals: true }, []],
  ])('a filter names the excluding part by its place: %j', (filter, places) => {
    expect(failedParts(v.parse(PayloadFilter, filter), data).map(({ place }) => place)).toEqual(places);
  });
});

describe('a payload of huge arrays', () => {
  const huge = { a: Array.from({ length: 3_000 }, () => Array.from({ length: 3_000 }, () => ({ n: 1 }))) };
  const everywhere = { path: 'a.*.*.n', equals: 2 };

  it('a payload of huge arrays is read up to 10,000 elements, and matches if that does not decide', () => {
    const counted = { reads: 0 };
    const one = Object.defineProperty({}, 'n', { enumerable: true, get: () => ++counted.reads && 1 });
    const wide = { a: Array.from({ length: 200 }, () => Array.from({ length: 200 }, () => one)) };

    expect(matchesFilter(everywhere, wide)).toBe(true);
    expect(matchesFilter({ not: everywhere }, wide)).toBe(true);
    expect(counted.reads).toBeLessThanOrEqual(20_000);
  });

  it('a payload of huge arrays is excluded by conditions that can be decided, before or after it', () => {
    const no = { path: 'b', exists: true };

    expect(matchesFilter({ all: [everywhere, no] }, huge)).toBe(false);
    expect(matchesFilter({ all: [no, everywhere] }, huge)).toBe(false);
    expect(matchesFilter({ not: { any: [everywhere, { not: no }] } }, huge)).toBe(false);
  });

  it('a payload of huge arrays costs many conditions no more than one', () => {
    const filter = { all: Array.from({ length: 50 }, () => everywhere) };
    const before = process.cpuUsage();

    for (let times = 0; times < 20; times++) matchesFilter(filter, huge);

    expect(process.cpuUsage(before).user / 1000 / 20).toBeLessThan(25);
  });
});
