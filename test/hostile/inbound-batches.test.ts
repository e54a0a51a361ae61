import { describe, expect, it } from 'vitest';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { signRequest } from '../../testing/signing/sign-request.ts';
import { leastCpuMillis } from '../support/fixtures/cpu-time.ts';
import { receiverOf, requestOfVector, vectorFiles } from '../support/fixtures/vectors.ts';
import { hostileBatches, hostileBodies } from '../support/hostile/bodies.ts';

/** The CPU time for a sender's own request of 4 MiB, which is parsed, cut and hashed more than once. */
const budgetMillis = 1000;

/** CPU time is what counts: a busy machine may take long. */
const wallMillis = 300_000;

/** One of each kind of reader: JSON or a form, batches at a path, and batches at the top. */
const readers = ['slack', 'gocardless', 'hubspot'];

const bodies = [
  ...Object.entries(hostileBatches),
  ...Object.entries(hostileBodies).filter(([shape]) => /wide|array of|form of one|escapes|deep/.test(shape)),
].map(([shape, make]) => [shape, make()] as const);

describe.each(vectorFiles.filter(([name]) => readers.includes(name)))('%s', (name, file) => {
  it(
    'a source accepts or refuses 4 MiB of anything that is signed, in linear time',
    async () => {
      const [vector] = file.vectors;
      if (vector === undefined) return expect.unreachable();
      const receiver = receiverOf(file, vector);
      const [dated] = parseSecretValue(vector.secret, receiver.provider.secret)?.keys ?? [];
      if (dated === undefined) return expect.unreachable();
      const signing = { key: dated.key, at: unixMillis(file.now * 1000), messageId: 'msg_1' };
      const slow: unknown[] = [];

      for (const [shape, body] of bodies) {
        const { headers, url, method } = { ...requestOfVector(vector), headers: vector.headers };
        const signed = signRequest(name, receiver.provider, { method, url, headers, body }, signing);
        const request = {
          ...signed,
          headers: new Map(Object.entries(signed.headers)),
          sourceIp: '192.0.2.1',
        };
        const millis = await leastCpuMillis(budgetMillis, async () => {
          const reception = await receiver.receive(request, file.now);
          expect.soft(reception, shape).not.toMatchObject({ status: 503 });
          expect.soft(reception, shape).not.toMatchObject({ status: 401 });
        });
        if (millis > budgetMillis) slow.push([shape, Math.round(millis)]);
      }

      expect(slow).toEqual([]);
    },
    wallMillis,
  );
});
