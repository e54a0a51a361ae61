import { expect, it } from 'vitest';
import { type ExplainedSource, judge } from '../../../cli/explain/judge.ts';
import { providerOf } from '../../../lambdas/domain/provider/catalogue.ts';
import { seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import {
  receiverOf,
  requestOfVector,
  type Vector,
  type VectorFile,
  vectorFiles,
} from '../../support/fixtures/vectors.ts';
import { sourceSettings } from '../../support/worlds/inbound-world.ts';

function sourceOf({ source, now }: VectorFile, vector: Vector): ExplainedSource {
  const given = sourceSettings({ name: 'source', ...source, ...vector.settings });
  const provider = providerOf(given);
  const createdAt = unixMillis((now - 60) * 1000);
  const tolerance =
    vector.settings?.tolerance ?? source.tolerance ?? seconds(provider.tolerance ?? given.tolerance);
  const previous = vector.previous === undefined ? undefined : { value: vector.previous, createdAt };
  const settings = { ...given, tolerance };
  return { settings, provider, current: { value: vector.secret, createdAt }, previous, urls: [] };
}

const callsOf = ({ fetched = {}, roots = [] }: VectorFile) => ({
  roots: () => roots,
  visit: async () => undefined,
  async fetchKey(url: URL, json?: object) {
    const name = json === undefined ? url.href : `${url.href}#${Reflect.get(json, 'key_id')}`;
    const text = fetched[name];
    if (text === undefined) throw new Error(`nobody answers at ${name}`);
    return { isThere: true, text };
  },
});

it.each(vectorFiles)(
  'hookline explain and the receiver agree on every request of %s',
  async (_name, file) => {
    for (const vector of file.vectors) {
      const request = requestOfVector(vector);
      const reception = await receiverOf(file, vector).receive(request, file.now);
      const verdict = await judge(
        request,
        sourceOf(file, vector),
        unixMillis(file.now * 1000),
        callsOf(file),
      );

      const told = { name: vector.name, kind: verdict.kind };
      // Requests that are too large, or from a wrong address, are judged before.
      const isCheap = reception.kind === 'refused' && [403, 413].includes(reception.status);
      if (!isCheap) expect(told).toEqual({ name: vector.name, kind: reception.kind });
      if (verdict.kind === 'refused' && ['signature', 'time', 'body'].includes(verdict.check))
        expect(reception).toMatchObject({ reason: verdict.reason });
      if (verdict.kind === 'accepted') {
        const events = verdict.events.map(({ id, type }) => ({
          id: id.replace(/\bexplain$/, 'request-1'),
          type,
        }));
        expect(reception).toMatchObject({ events });
      }
    }
  },
);
