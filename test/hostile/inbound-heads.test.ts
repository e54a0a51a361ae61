import { describe, expect, it } from 'vitest';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { refusalKeeper, refusalOf } from '../../lambdas/inbound/keep-refusal.ts';
import { recordedTelemetry } from '../../testing/memory/telemetry.ts';
import { leastCpuMillis } from '../support/fixtures/cpu-time.ts';
import { receiverOf, requestOfVector, type Vector, vectorFiles } from '../support/fixtures/vectors.ts';
import { hostileHeadTexts } from '../support/hostile/heads.ts';

/** The CPU time for some hundred requests, each with 10 KB in one header or in the query. */
const budgetMillis = 200;
/** CPU time is what counts: a busy machine may take long. */
const wallMillis = 300_000;

type Place = readonly [where: string, right: string, at: (text: string) => RawRequest];

/** Each header that a provider reads, one that it does not, and the query of both methods. */
function placesIn(vector: Vector): Place[] {
  const request = requestOfVector(vector);
  const under = (query: string) => `${request.url}${request.url.includes('?') ? '&' : '?'}${query}`;
  const headers = [...request.headers.keys(), 'x-of-another'].map((name): Place => {
    const at = (text: string) => ({ ...request, headers: new Map([...request.headers, [name, text]]) });
    return [name, request.headers.get(name) ?? '', at];
  });
  const get = { ...request, method: 'GET', body: Buffer.alloc(0) };
  return [
    ...headers,
    ['query', '', (text) => ({ ...request, url: under(text) })],
    ['query of a GET', '', (text) => ({ ...get, url: under(text) })],
  ];
}

describe.each(vectorFiles)('%s', (name, file) => {
  it(
    'a source reads 10 KB of anything in a header or the query within 2 ms of CPU',
    async () => {
      const vector = file.vectors.find(({ expect: { status, answer } }) => status === 200 && !answer);
      if (vector === undefined) return expect.unreachable();
      const receiver = receiverOf(file, vector);
      const { telemetry, lines } = recordedTelemetry();
      const keep = refusalKeeper({ putBody: async () => undefined, log: telemetry.log });
      const kept = { source: name, provider: receiver.provider, correlationId: 'r', secrets: ['0123456789'] };
      let minute = 0;
      const send = async (request: RawRequest) => {
        const reception = await receiver.receive(request, file.now);
        const refusal = refusalOf(reception) ?? { status: 0, error: '', reason: '' };
        await keep({ ...kept, request, refusal, at: unixMillis(++minute * 60_000), whole: true });
        return reception;
      };
      const slow: unknown[] = [];

      for (const [where, right, at] of placesIn(vector)) {
        const requests = hostileHeadTexts(right).map(at);
        const millis = await leastCpuMillis(budgetMillis, async () => {
          for (const request of requests) expect(await send(request)).not.toMatchObject({ status: 503 });
        });
        if (millis > budgetMillis) slow.push([where, Math.round(millis)]);
      }

      expect(slow).toEqual([]);
      expect(lines).toEqual([]);
    },
    wallMillis,
  );
});
