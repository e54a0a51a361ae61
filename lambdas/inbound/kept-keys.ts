import type { KeyAnswer, ProviderCalls } from '../domain/provider/check.ts';
import { later, seconds, type UnixMillis } from '../domain/time.ts';

/** A key that its server knows does not change; one that it does not know may come. */
const knownFor = seconds(3600);
const unknownFor = seconds(60);
/** Callers name keys: what they make up must cost neither memory nor requests without end. */
const maxKept = 50;
const maxUnknown = 10;

/** Too many keys were asked for that do not exist: that is no provider. */
class KeyServerSparedError extends Error {
  override name = 'KeyServerSparedError' as const;
}

interface Kept {
  readonly answer: KeyAnswer;
  readonly until: UnixMillis;
}

/** Keeps the keys that a container has fetched, and that others do not exist. */
export function keepingKeys(calls: ProviderCalls, clock: () => UnixMillis): ProviderCalls {
  const kept = new Map<string, Kept>();
  return {
    get roots() {
      return calls.roots;
    },
    visit: calls.visit,
    async fetchKey(url, json) {
      const name = json === undefined ? url.href : `${url.href} ${JSON.stringify(json)}`;
      const now = clock();
      forget(kept, now);
      const known = kept.get(name);
      if (known !== undefined) return known.answer;
      if (unknownKeys(kept) >= maxUnknown) throw new KeyServerSparedError('too many keys that do not exist');
      const answer = await calls.fetchKey(url, json);
      kept.set(name, { answer, until: later(now, answer.isThere ? knownFor : unknownFor) });
      return answer;
    },
  };
}

/** Drops what is past its time, and the oldest where there is no room. */
function forget(kept: Map<string, Kept>, now: UnixMillis): void {
  const names = [...kept].filter(([, { until }]) => until <= now).map(([name]) => name);
  const [oldest] = kept.keys();
  if (kept.size >= maxKept && oldest !== undefined) names.push(oldest);
  for (const name of names) kept.delete(name);
}

const unknownKeys = (kept: ReadonlyMap<string, Kept>): number =>
  [...kept.values()].filter(({ answer }) => !answer.isThere).length;
