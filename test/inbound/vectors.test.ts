import { readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import type { SourceSettings } from '../../lambdas/domain/source.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { memoryReceiver, requestOf } from '../fakes/inbound-receiver.ts';

const Vector = v.object({
  name: v.string(),
  secret: v.string(),
  previous: v.optional(v.string()),
  settings: v.optional(v.custom<Partial<SourceSettings>>((value) => typeof value === 'object')),
  headers: v.record(v.string(), v.string()),
  body: v.string(),
  method: v.optional(v.string(), 'POST'),
  url: v.optional(v.string()),
  expect: v.object({
    status: v.number(),
    id: v.optional(v.string()),
    type: v.optional(v.string()),
    ids: v.optional(v.array(v.string())),
    types: v.optional(v.array(v.string())),
    bodies: v.optional(v.array(v.string())),
    answer: v.optional(v.string()),
    error: v.optional(v.string()),
    reason: v.optional(v.string()),
  }),
});
type Vector = v.InferOutput<typeof Vector>;
const VectorFile = v.object({
  source: v.custom<Partial<SourceSettings>>((value) => typeof value === 'object'),
  now: v.number(),
  vectors: v.array(Vector),
  /** What the provider's key servers answer, and the roots that are trusted. */
  fetched: v.optional(v.record(v.string(), v.string())),
  roots: v.optional(v.array(v.string())),
});
type VectorFile = v.InferOutput<typeof VectorFile>;

const folder = new URL('../vectors/', import.meta.url);
/** Of the other direction. */
const outbound = new Set(['certificates.json', 'destinations.json']);
const files = readdirSync(folder).filter((name) => name.endsWith('.json') && !outbound.has(name));

/** The answer to a vector, in the vector's words. */
async function receptionOf({ source, now, ...servers }: VectorFile, vector: Vector) {
  const createdAt = unixMillis((now - 60) * 1000);
  const receiver = memoryReceiver(
    { ...source, ...vector.settings },
    {
      current: { value: vector.secret, createdAt },
      previous: vector.previous === undefined ? undefined : { value: vector.previous, createdAt },
    },
    servers,
  );
  const reception = await receiver.receive(
    {
      ...requestOf(vector.body, vector.headers),
      method: vector.method,
      ...(vector.url && { url: vector.url }),
    },
    now,
  );
  expect(receiver.sent).toHaveLength(reception.kind === 'accepted' ? reception.events.length : 0);
  if (reception.kind === 'refused') return reception;
  if (reception.kind === 'handshake')
    return { status: reception.answer.status, answer: reception.answer.body };
  const { events } = reception;
  const several = {
    ids: events.map(({ id }) => id),
    types: events.map(({ type }) => type),
    bodies: events.map(({ body }) => Buffer.from(body).toString()),
  };
  return { status: 200, id: events[0]?.id, type: events[0]?.type, ...several };
}

it.each(Object.keys(catalogue))('%s has vectors', (name) => {
  expect(files).toContain(`${name}.json`);
});

describe.each(files)('vectors of %s', (name) => {
  const file = v.parse(VectorFile, JSON.parse(readFileSync(new URL(name, folder), 'utf8')));

  it.each(file.vectors)('$name', async (vector) => {
    expect(await receptionOf(file, vector)).toMatchObject(vector.expect);
  });

  it('has the vectors of a secret that was never set', () => {
    expect(file.vectors.filter(({ name }) => /unset/.test(name))).toHaveLength(2);
  });
});
