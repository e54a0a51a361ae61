import type { Schema } from '@cfworker/json-schema';
import { describe, expect, it } from 'vitest';
import { maxKnownTypes, payloadCheck } from '../../../lambdas/adapters/schema/payload-check.ts';
import { checkSchema } from '../../../lambdas/adapters/schema/payload-schema.ts';
import { parseExactly } from '../../../lambdas/domain/exact-json.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';

/** Checks the payloads of a type that has this schema. */
function checkBy(schema: Record<string, unknown>, checkPayload = true) {
  const at = unixMillis(0);
  const record = { name: 'order.made', description: '', schema, checkPayload };
  const read = async () => ({ ...record, createdAt: at, updatedAt: at, version: 1 });
  const check = payloadCheck(read, () => at);
  return (data: unknown) => check('order.made', data);
}

const order = {
  type: 'object',
  required: ['total'],
  properties: { total: { $ref: '#/$defs/amount' }, lines: { type: 'array', items: { type: 'string' } } },
  $defs: { amount: { type: 'number', minimum: 0, example: { type: 5, required: true } } },
};

describe('the cache of event types', () => {
  it('the cache of event types is bounded and keeps the latest, in any order of publications', async () => {
    const reads: string[] = [];
    const read = async (name: string) => {
      reads.push(name);
      return undefined;
    };
    const check = payloadCheck(read, () => unixMillis(0));
    const names = Array.from({ length: maxKnownTypes + 1 }, (_, index) => `type.${index}`);
    for (const name of names) await check(name, {});

    await check('type.1', {});
    await check(`type.${maxKnownTypes}`, {});
    expect(reads).toEqual(names);
    await check('type.0', {});
    expect(reads).toEqual([...names, 'type.0']);
  });
});

describe('a payload', () => {
  it('a payload is checked, and its fault contains none of its values', async () => {
    const check = checkBy(order);

    expect(await check({ total: 5, lines: ['a'] })).toBeUndefined();
    expect(await check(parseExactly('{"total":1.10}'))).toBeUndefined();
    expect(await check({ total: -77 })).toBe('data.total does not fit the schema of order.made (minimum)');
    expect(await check({ total: 1, lines: ['a', 4711] })).toBe(
      'data.lines.1 does not fit the schema of order.made (type)',
    );
    expect(await check(undefined)).toBe('data does not fit the schema of order.made (type)');
    expect(await checkBy(order, false)({ total: 'much' })).toBeUndefined();
  });

  it.each([
    ['refers to nothing', { properties: { a: { $ref: '#/$defs/none' } } }],
    ['has a pattern that is none', { properties: { a: { pattern: '(' } } }],
    ['goes round in circles', { properties: { a: { $ref: '#/properties/a' } } }],
    ['has no list where there must be one', { properties: { a: { enum: 5 } } }],
    ['has an id that is no URI', { $id: 'http://[' }],
    ['takes for ever', { properties: { a: { pattern: '^(.+)+!$' } } }],
  ])('a payload is refused, not deferred for ever, by a schema that %s', async (_name, schema) => {
    expect(await checkBy(schema)({ a: 'secret'.repeat(10) })).toBe(
      'the schema of order.made cannot be applied to data, or not within a second',
    );
  });
});

/** A schema as it comes from outside. */
const refusalOf = (schema: object) => checkSchema(schema as Schema);

/** Each part applies the next one twice. */
const doubling = (depth: number) => ({
  $ref: '#/$defs/a0',
  $defs: Object.fromEntries(
    Array.from({ length: depth }, (_, n) => {
      const next = { $ref: `#/$defs/a${n + 1}` };
      return [`a${n}`, n + 1 < depth ? { allOf: [next, next] } : {}];
    }),
  ),
});

describe('a schema', () => {
  it.each([
    ['of everything', {}],
    ['with parts', order],
    ['with an id', { $id: 'https://acme.example/order', $ref: '#/$defs/a', $defs: { a: { const: 1 } } }],
    ['with an anchor', { $ref: '#a', $defs: { b: { $anchor: 'a', type: 'string' } } }],
    ['with patterns', { patternProperties: { '^x-\\p{L}': { pattern: '^\\d+$' } } }],
    ['with definitions as they were', { $ref: '#/definitions/a', definitions: { a: { type: 'null' } } }],
    ['that a part refers to', { properties: { next: { $ref: '#' } } }],
    ['with yes and no', { properties: { a: true }, additionalProperties: false }],
  ])('a schema is accepted: %s', (_name, schema) => {
    expect(refusalOf(schema)).toBeUndefined();
  });

  it.each([
    [
      { properties: { a: { $ref: '#/$defs/none' } } },
      '#/properties/a has a $ref that does not resolve within the schema: #/$defs/none',
    ],
    [
      { items: { $ref: 'https://acme.example/order' } },
      '#/items has a $ref that does not resolve within the schema: https://acme.example/order',
    ],
    [{ allOf: [{ pattern: '(' }] }, '#/allOf/0 has a wrong pattern'],
    [{ pattern: '\\_' }, '# has a wrong pattern'],
    [{ patternProperties: { '[': {} } }, '# has a wrong patternProperties'],
    [{ type: 'strnig' }, '# has a wrong type'],
    [{ properties: { constructor: { required: 'a' } } }, '#/properties/constructor has a wrong required'],
    [{ properties: 5 }, '# has a wrong properties'],
    [{ properties: { total: 'number' } }, '#/properties/total is not a schema'],
    [{ properties: { total: null } }, '#/properties/total is not a schema'],
    [{ items: 'string' }, '#/items is not a schema'],
    [{ additionalProperties: 5 }, '#/additionalProperties is not a schema'],
    [{ allOf: [[]] }, '#/allOf/0 is not a schema'],
    [doubling(30), 'timed out'],
    [{ minimum: '5' }, '# has a wrong minimum'],
    [{ $dynamicRef: '#meta' }, '# has a $dynamicRef, which is not supported'],
    [{ $ref: '#' }, 'Maximum call stack size exceeded'],
    [{ $id: 'http://[' }, 'Invalid URL'],
  ])('a schema is refused with the place of its fault: %o', (schema, refusal) => {
    expect(refusalOf(schema)).toMatch(/^cannot be used as a JSON Schema: /);
    expect(refusalOf(schema)).toContain(refusal);
  });
});
