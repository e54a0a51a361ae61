import { readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import type { SourceSettings } from '../../lambdas/domain/source.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { memoryReceiver, requestOf } from './inbound-receiver.ts';

const Settings = v.custom<Partial<SourceSettings>>((value) => typeof value === 'object');

const Vector = v.object({
  name: v.string(),
  secret: v.string(),
  previous: v.optional(v.string()),
  settings: v.optional(Settings),
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
export type Vector = v.InferOutput<typeof Vector>;

const VectorFile = v.object({
  source: Settings,
  now: v.number(),
  vectors: v.array(Vector),
  /** What the provider's key servers answer, and the roots that are trusted. */
  fetched: v.optional(v.record(v.string(), v.string())),
  roots: v.optional(v.array(v.string())),
});
export type VectorFile = v.InferOutput<typeof VectorFile>;

const folder = new URL('../vectors/', import.meta.url);
/** Of the other direction. */
const outbound = new Set(['certificates.json', 'destinations.json']);

/** By provider, but for `hmac`, which is a provider of its own. */
export const vectorFiles: readonly (readonly [string, VectorFile])[] = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && !outbound.has(name))
  .map((name) => [
    name.replace('.json', ''),
    v.parse(VectorFile, JSON.parse(readFileSync(new URL(name, folder), 'utf8'))),
  ]);

/** The request of a vector. */
export const requestOfVector = ({ body, headers, method, url }: Vector): RawRequest => ({
  ...requestOf(body, headers),
  method,
  ...(url && { url }),
});

/** The receiver that a vector is for, with its secret stored a minute ago. */
export function receiverOf({ source, now, ...servers }: VectorFile, vector: Vector) {
  const createdAt = unixMillis((now - 60) * 1000);
  return memoryReceiver(
    { ...source, ...vector.settings },
    {
      current: { value: vector.secret, createdAt },
      previous: vector.previous === undefined ? undefined : { value: vector.previous, createdAt },
    },
    servers,
  );
}
