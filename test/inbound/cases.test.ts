import { readdirSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import type { SourceSettings } from '../../lambdas/domain/source.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { answerOf } from '../support/fixtures/inbound-response.ts';
import { memoryReceiver, requestOf } from '../support/worlds/inbound-receiver.ts';

/** A report from the world: requests to one source, in the shape in which the provider sends them. */
const Case = v.object({
  what: v.string(),
  source: v.string(),
  provider: v.string(),
  secret: v.string(),
  settings: v.optional(v.custom<Partial<SourceSettings>>((value) => typeof value === 'object')),
  /** Whether the requests are one event or several. */
  ids: v.optional(v.picklist(['same', 'different'])),
  requests: v.array(
    v.object({
      now: v.number(),
      method: v.string(),
      url: v.optional(v.string()),
      headers: v.record(v.string(), v.string()),
      body: v.string(),
      expect: v.record(v.string(), v.unknown()),
    }),
  ),
});
type Case = v.InferOutput<typeof Case>;

const folder = new URL('../cases/inbound/', import.meta.url);
const cases = readdirSync(folder).map(
  (name) => [name, v.parse(Case, JSON.parse(readFileSync(new URL(name, folder), 'utf8')))] as const,
);

async function answersTo({ provider, secret, settings, requests }: Case) {
  const createdAt = unixMillis(((requests[0]?.now ?? 0) - 60) * 1000);
  const receiver = memoryReceiver({ provider, ...settings }, { current: { value: secret, createdAt } });
  const answers = [];
  for (const { now, method, url, headers, body } of requests) {
    const request = { ...requestOf(body, headers), method, ...(url && { url }) };
    const reception = await receiver.receive(request, now);
    answers.push(answerOf(reception, receiver.provider, request));
  }
  return answers;
}

describe.each(cases)('%s', (_name, given) => {
  it(given.what, async () => {
    const answers = await answersTo(given);

    expect(answers).toMatchObject(given.requests.map((request) => request.expect));
    const ids = new Set(answers.map((answer) => String(answer.ids)));
    if (given.ids === 'same') expect(ids.size).toBe(1);
    if (given.ids === 'different') expect(ids.size).toBe(answers.length);
  });
});
