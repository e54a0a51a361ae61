import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import { genericNames } from '../../lambdas/domain/provider/generic.ts';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { refusalKeeper, refusalOf } from '../../lambdas/inbound/keep-refusal.ts';
import { recordedTelemetry } from '../../testing/memory/telemetry.ts';
import { tampered } from '../../testing/signing/tamper.ts';
import { leastCpuMillis } from '../support/fixtures/cpu-time.ts';
import { receiverOf, requestOfVector, vectorFiles } from '../support/fixtures/vectors.ts';
import { hostileBodies } from '../support/hostile/bodies.ts';
import { memoryReceiver, requestOf } from '../support/worlds/inbound-receiver.ts';

/** The CPU time that an unsigned request may cost. */
const budgetMillis = 100;
/** CPU time is what counts: a busy machine may take long. */
const wallMillis = 300_000;

const bodies = Object.entries(hostileBodies).map(([name, make]) => [name, make()] as const);
const contentTypes = [
  'application/json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=b',
];

/** Each provider with a request whose headers are right in form and time, and whose signature is another one's. */
const providers = vectorFiles.map(([name, file]) => {
  const vector = file.vectors.find(
    ({ expect: { status, answer } }) => status === 200 && answer === undefined,
  );
  if (vector === undefined) throw new Error(`${name} has no vector that verifies`);
  const request = requestOfVector(vector);
  const { provider } = receiverOf(file, vector);
  const [dated] = parseSecretValue(vector.secret, provider.secret)?.keys ?? [];
  if (dated === undefined) throw new Error(`${name} has no key`);
  const spoiled = tampered(name, { ...request, headers: vector.headers }, dated.key);
  return [name, file, vector, { ...request, headers: spoiled.headers }] as const;
});

it('hostile bodies are sent to every provider', () => {
  expect(providers.map(([name]) => name)).toEqual(
    expect.arrayContaining([...Object.keys(catalogue), ...genericNames]),
  );
});

describe.each(providers)('%s', (name, file, vector, { headers, ...request }) => {
  it(
    'a source refuses 4 MiB of anything that is not signed, within 100 ms of CPU',
    async () => {
      const receiver = receiverOf(file, vector);
      const { telemetry, lines } = recordedTelemetry();
      const keep = refusalKeeper({ putBody: async () => undefined, log: telemetry.log });
      const slow: unknown[] = [];
      let minute = 0;

      for (const [nth, [shape, body]] of bodies.entries()) {
        const contentType = contentTypes[nth % contentTypes.length] ?? '';
        const sent = {
          ...request,
          body,
          headers: new Map(Object.entries({ ...headers, 'content-type': contentType })),
        };
        const millis = await leastCpuMillis(budgetMillis, async () => {
          const reception = await receiver.receive(sent, file.now);
          expect
            .soft(reception, shape)
            .toMatchObject({ kind: 'refused', status: expect.toBeOneOf([400, 401]) });
          const refusal = refusalOf(reception) ?? { status: 0, error: '', reason: '' };
          const at = unixMillis(++minute * 60_000);
          const provider = receiver.provider;
          await keep({
            source: name,
            request: sent,
            provider,
            refusal,
            correlationId: 'r',
            at,
            whole: true,
            secrets: [],
          });
        });
        if (millis > budgetMillis) slow.push([shape, contentType, Math.round(millis)]);
      }

      expect(slow).toEqual([]);
      expect(lines).toEqual([]);
      expect(receiver.sent).toEqual([]);
    },
    wallMillis,
  );
});

it(
  'a list of twenty signatures has a public key hash 4 MiB only a few times',
  async () => {
    const raw = generateKeyPairSync('ed25519')
      .publicKey.export({ format: 'der', type: 'spki' })
      .subarray(-32);
    const current = { value: `whpk_${raw.toString('base64')}`, createdAt: unixMillis(0) };
    const receiver = memoryReceiver({ provider: 'standard-webhooks' }, { current });
    const now = 1_795_000_000;
    const signatures = Array.from(
      { length: 20 },
      (_, nth) => `v1a,${Buffer.alloc(64, nth).toString('base64')}`,
    );
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(now),
      'webhook-signature': signatures.join(' '),
    };
    const request = requestOf(Buffer.alloc(4 * 1024 * 1024, '{'), headers);

    const millis = await leastCpuMillis(budgetMillis, async () => {
      expect(await receiver.receive(request, now)).toMatchObject({ reason: 'mismatch' });
    });

    expect(millis).toBeLessThan(budgetMillis);
  },
  wallMillis,
);
