import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openPublication } from '../../lambdas/domain/publish-message.ts';
import { projectRoot } from '../../local/project-root.ts';

const file = join(projectRoot, 'docs/publishing/publish-message.schema.json');
const matches = new Ajv2020().compile(JSON.parse(readFileSync(file, 'utf8')));
const isPublished = (message: unknown): boolean =>
  openPublication({ text: JSON.stringify(message), messageId: 'm-1' }).kind === 'publication';

/** Texts on both sides of each rule. */
const names = fc.constantFrom(
  '',
  '.',
  '..',
  'a',
  'a.b',
  '.a',
  'a..b',
  'a/b',
  'a/..',
  '../a',
  'a b',
  'é',
  'a\n',
);
const long = fc.constantFrom(...[64, 65, 128, 129, 256, 257].map((length) => 'x'.repeat(length)));
const characters = fc.string({ unit: fc.constantFrom(...'aZ0_.:/+=@- \n'), maxLength: 12 });
const text = fc.oneof(names, long, characters);
const url = fc.constantFrom(
  'https://me.example/hooks',
  'HTTP://me.example:8080/a?b=c#d',
  'https://10.0.0.1/',
  'ftp://me.example/',
  'https:me.example',
  'https://user:password@me.example/',
  'https://me.example/a b',
  'https://me%2eexample/',
  'https://me.example\\a',
  'me.example',
  '',
);
const wrong = fc.constantFrom(null, 1, true, [], {});
const field = (right: fc.Arbitrary<unknown>) => fc.oneof({ weight: 9, arbitrary: right }, wrong);
const endpoint = fc.record(
  { id: field(text), url: field(url), other: fc.constant(1) },
  { requiredKeys: ['id'], noNullPrototype: true },
);
const message = fc.record(
  {
    id: field(text),
    type: field(text),
    tenant: field(text),
    data: fc.jsonValue(),
    endpoint: field(endpoint),
    endpiont: fc.constant({ id: 'a' }),
  },
  { requiredKeys: ['type'], noNullPrototype: true },
);
/** Most messages have one mistake at most. */
const near = fc
  .tuple(message, fc.subarray(['id', 'type', 'tenant', 'data', 'endpoint', 'endpiont'] as const))
  .map(([drawn, taken]) => ({
    id: 'inv-1',
    type: 'invoice.paid',
    tenant: 'acme',
    data: {},
    ...Object.fromEntries(taken.filter((name) => name in drawn).map((name) => [name, drawn[name]])),
  }));

it('the JSON Schema accepts a publish message exactly if the stack does', () => {
  fc.assert(
    fc.property(fc.oneof(message, near, fc.jsonValue()), (drawn) => {
      expect([matches(drawn), drawn]).toEqual([isPublished(drawn), drawn]);
    }),
    { numRuns: 5_000 },
  );
});

it('the JSON Schema accepts each way to address an event', () => {
  const event = { type: 'invoice.paid', data: null };

  for (const to of [
    { tenant: 'acme' },
    { tenant: 'acme', endpoint: { id: 'billing' } },
    { endpoint: { id: 'me', url: 'https://me.example/hooks' } },
    { tenant: '', endpoint: { id: 'me', url: 'https://me.example/hooks' } },
  ])
    expect([matches({ ...event, ...to }), isPublished({ ...event, ...to })]).toEqual([true, true]);
});
