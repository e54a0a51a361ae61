import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { EventIdField } from '../../lambdas/domain/event-id.ts';
import { issueText } from '../../lambdas/domain/issue-text.ts';

import type { OperationShape } from '../../lambdas/management/operation.ts';
import { operations } from '../../lambdas/management/operations.ts';
import { managementWorld } from '../support/worlds/management-world.ts';

const marker = 'hunter2';
const long = marker.repeat(700);
/** What is hardly ever right; much of it holds what must not be repeated. */
const wrongValues: readonly unknown[] = [
  ...[null, true, -1, 1.5, 1e19, 1e-200, '', ' ', [], {}, [[]], [null]],
  ...[
    long,
    `${marker}\u0000`,
    `${marker}\n\u202e`,
    `${marker} ${marker}`,
    `\ud800${marker}`,
    `https:${marker}`,
  ],
  ...[[long], [marker, marker], { a_name: long }, { a: { [long]: marker } }, { path: marker }],
  ...[{ [long]: marker }, { path: '', equals: { a: marker } }, { all: [{ path: 'a', gt: marker }] }],
  ...[{ 'X-Key': `${marker}\r\n` }, { 'X-Key': [marker] }, { a: { a: { a: marker } } }],
];
const fits: Readonly<Record<string, string>> = {
  tenant: 'acme',
  endpointId: 'ep_1',
  name: 'a.b',
  source: 'quiet',
  recoveryId: 'rec_1',
  deliveryId: 'a'.repeat(52),
};
const needed: Readonly<Record<string, object>> = {
  createEndpoint: { id: 'ep_2', url: 'https://acme.example/', eventTypes: ['*'] },
  publishEvent: { type: 'a.b', data: {} },
  startRecovery: { since: '2026-11-01T00:00:00Z' },
  replayInboundEvent: { id: 'evt_0' },
};
/** Beside one wrong parameter the others are right. */
const asked: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  getInboundEvent: { id: 'evt_0' },
  estimateRecovery: { since: '2026-11-01T00:00:00Z' },
};

const entriesOf = (schema: object | undefined): string[] => Object.keys(Object(schema).entries ?? {});
const all = operations.map((operation) => [operation.id, operation] as const);

/** The API with an endpoint, and what it answers to an operation of which one part is wrong. */
async function answerer({ id, method, path }: OperationShape) {
  const { call, problems } = managementWorld();
  await call('POST', '/v1/tenants/acme/endpoints', {
    id: 'ep_1',
    url: 'https://acme.example/hooks',
    eventTypes: ['*'],
  });
  const real = path.replaceAll(/\{(\w+)\}/g, (_, name) => fits[name] ?? 'x');
  const ask = (body: object, query: Readonly<Record<string, string>>, template = real, ifMatch?: string) =>
    call(
      method,
      template,
      { ...needed[id], ...body },
      { query: { ...asked[id], ...query }, ifMatch },
      {
        sources: ['quiet'],
      },
    );
  return { ask, real, problems };
}

/** Each error names the field that is wrong and its rule, in few words, of which none is the caller's. */
function checkProblem(answer: { status: number; body?: unknown }, field: string): void {
  expect([200, 201, 202, 204, 400, 404, 409, 413, 422]).toContain(answer.status);
  if (answer.status < 400 || answer.status === 404 || answer.status === 409) return;
  const { detail, errors = [] } = Object(answer.body);
  expect(detail).not.toContain(marker);
  expect(detail.length).toBeLessThan(400);
  expect(errors.length).toBeGreaterThan(0);
  for (const { path, message } of errors) {
    expect(path.split('.')[0], detail).toBe(field);
    expect(message).toMatch(/expected |is not allowed|is not a public address|only https|is not public/);
    // No rule is called by the name of its field, and none in the words of programmers.
    expect(message).not.toMatch(
      /expected (id|type|tenant|url|endpoint id)[,\s]|Invalid|\/\^|undefined|\[object/,
    );
    expect(message.length).toBeLessThan(250);
    expect(path).not.toContain(marker);
  }
}

describe('an error in a request', () => {
  it.each(all)(
    'an error is described by field and rule, without the value: a field of %s',
    async (_, operation) => {
      const { ask, problems } = await answerer(operation);

      for (const name of entriesOf(operation.body)) {
        for (const value of wrongValues) checkProblem(await ask({ [name]: value }, {}), name);
      }
      expect(problems).toEqual([]);
    },
  );

  it.each(all)(
    'an error is described by field and rule, without the value: a parameter of %s',
    async (_, operation) => {
      const { ask, real, problems } = await answerer(operation);
      const texts = wrongValues.filter((wrong) => typeof wrong === 'string');

      for (const name of entriesOf(operation.query)) {
        for (const value of texts) checkProblem(await ask({}, { [name]: value }), name);
      }
      for (const name of entriesOf(operation.params)) {
        for (const wrong of [long, `${marker} x`, '', '..', '\u0000']) {
          const path = real.replace(fits[name] ?? 'x', encodeURIComponent(wrong));
          checkProblem(await ask({}, {}, path), name);
        }
      }
      expect(problems).toEqual([]);
    },
  );

  it.each(all.filter(([, { isVersioned }]) => isVersioned))(
    'an error is described by field and rule, without the value: the version that %s is for',
    async (_, operation) => {
      const { ask, real } = await answerer(operation);

      checkProblem(await ask({}, {}, real, marker), 'If-Match');
    },
  );

  it.each(all.filter(([, { body }]) => body !== undefined))(
    'an unknown or missing field is an error: %s',
    async (id, operation) => {
      const { ask } = await answerer(operation);

      const unknown = await ask({ [marker]: 1, ...Object.fromEntries([['__proto__', 1]]) }, {});
      expect(unknown).toMatchObject({ status: 400 });
      expect(Object(unknown.body).errors).toContainEqual({
        path: '__proto__',
        message: `is unknown; expected one of ${entriesOf(operation.body).toSorted().join(', ')}`,
      });
      for (const name of Object.keys(needed[id] ?? {}).filter(
        (needs) => needs !== 'id' && needs !== 'data',
      )) {
        const { body } = await ask({ [name]: undefined }, {});
        expect(Object(body).errors).toEqual([
          { path: name, message: expect.stringMatching(/^is missing; expected /) },
        ]);
      }
    },
  );
});

it.each([
  ['x'.repeat(300), 'expected 1 to 256 of A-Z a-z 0-9 _ : / + = @ -'],
  ['a.b', ', got 3 characters'],
  [5, 'expected text, got 5'],
  [null, 'expected text, got null'],
])('a rule says what is expected, and shows only the size of the value: %j', (value, text) => {
  const { issues: [issue] = [] } = v.safeParse(EventIdField, value);

  expect(issue && issueText(issue)).toContain(text);
});

it.each([
  [v.picklist(['failed', 'ignored']), 'x', 'expected one of failed, ignored, got 1 character'],
  [v.union([v.string(), v.number(), v.null()]), {}, 'expected one of text, a number, null, got an object'],
  [v.pipe(v.number(), v.maxValue(30)), 31, 'expected at most 30, got 31'],
  [v.pipe(v.number(), v.integer()), 0.5, 'expected a whole number, got 0.5'],
  [v.pipe(v.array(v.string()), v.minLength(1)), [], 'expected at least 1 of them, got a list of 0'],
  [v.pipe(v.string(), v.maxLength(3)), 'hunter2', 'expected at most 3 characters, got 7 characters'],
  [v.pipe(v.string(), v.isoDate()), 'hunter2', 'expected a day as YYYY-MM-DD, got 7 characters'],
  [v.strictObject({}), 'hunter2', 'expected an object, got 7 characters'],
  [v.boolean(), 0, 'expected true or false, got 0'],
] as const)('a rule of the schema library is told in plain words (%#)', (schema, value, text) => {
  const { issues: [issue] = [] } = v.safeParse(schema, value);

  expect(issue && issueText(issue)).toBe(text);
});

describe('a filter of another product', () => {
  const condition =
    'is missing; expected a condition with a path, e.g. {"path": "customer.country", "equals": "NL"}, or all, any or not';

  it.each([
    [{}, `filter.path: ${condition}`],
    [{ and: [{ path: 'a', equals: 1 }] }, `filter.path: ${condition}`],
    [{ amount: { $gte: 1 } }, `filter.path: ${condition}`],
    [{ path: 'a', startsWith: 'x' }, 'filter.startsWith: is unknown; expected one of path, equals, in,'],
    [
      { path: '$.items[*].price', gt: 1 },
      'filter.path: expected names separated by full stops: write items.*.price',
    ],
  ])('a filter in the form of another product is refused with our form: %j', async (filter, message) => {
    const { call } = managementWorld();
    const endpoint = { url: 'https://acme.example/hooks', eventTypes: ['*'], filter };

    expect(await call('POST', '/v1/tenants/acme/endpoints', endpoint)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining(message) },
    });
  });
});

it.each(['https://https://acme.example/', 'https://intranet/', 'https://receiver:443/hooks'])(
  'a URL without the full name of a host is refused: %s',
  async (url) => {
    const { call } = managementWorld();

    expect(await call('POST', '/v1/tenants/acme/endpoints', { url, eventTypes: ['*'] })).toMatchObject({
      status: 422,
      body: { detail: 'url: expected the full name of a host, as hooks.example.com' },
    });
  },
);
