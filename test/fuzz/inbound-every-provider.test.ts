import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyIsFree } from '../support/fixtures/unsigned-bodies.ts';
import {
  receiverOf,
  requestOfVector,
  type Vector,
  type VectorFile,
  vectorFiles,
} from '../support/fixtures/vectors.ts';

/** A vector that verifies, for each provider. */
const accepted = vectorFiles.flatMap(([name, file]) => {
  const vector = file.vectors.find(
    ({ expect: { status, answer } }) => status === 200 && answer === undefined,
  );
  return vector ? [[name, file, vector] as const] : [];
});

/** The response that a caller sees. */
async function statusOf(
  file: VectorFile,
  vector: Vector,
  changes: Partial<ReturnType<typeof requestOfVector>>,
) {
  const receiver = receiverOf(file, vector);
  const request = { ...requestOfVector(vector), ...changes };
  const reception = await receiver.receive(request, file.now);
  if (reception.kind === 'accepted') return 200;
  return reception.kind === 'handshake' ? `handshake ${reception.response.status}` : reception.status;
}

/** The positions to change: all of a short text, a sample of a long one. */
const positions = (length: number): number[] =>
  Array.from({ length: Math.min(length, 120) }, (_, nth) =>
    Math.floor((nth * length) / Math.min(length, 120)),
  );

describe.each(accepted.filter(([name]) => !bodyIsFree.has(name)))('%s', (_name, file, vector) => {
  it('a provider’s signature verifies with no byte of its body changed', async () => {
    const original = Buffer.from(vector.body);
    const changed = positions(original.length).map((at) => {
      const body = Buffer.from(original);
      body[at] = (body[at] ?? 0) ^ 1;
      return body;
    });
    const statuses = await Promise.all(changed.map((body) => statusOf(file, vector, { body })));

    expect(statuses.filter((status) => status !== 401)).toEqual([]);
  });
});

describe.each(accepted)('%s', (name, file, vector) => {
  it('a provider’s verification refuses any random headers, and never throws', async () => {
    const names = Object.keys(vector.headers);
    const value = fc.oneof(
      fc.constantFrom(...Object.values(vector.headers), ''),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'a'.repeat(9000),
        'é'.repeat(100),
        '\u0000',
        'null',
        '[]',
        '../..',
        'https://evil.example.test/',
      ),
      fc.constantFrom(...Object.values(vector.headers)).map((text) => `${text},${text}`),
    );
    const soup = fc.dictionary(
      fc.constantFrom(...names, '__proto__', 'constructor', 'host', 'cookie'),
      value,
    );
    const seen = new Set<unknown>();

    await fc.assert(
      fc.asyncProperty(soup, async (headers) => {
        seen.add(await statusOf(file, vector, { headers: new Map(Object.entries(headers)) }));
      }),
      { numRuns: 60 },
    );
    // A request that happens to be complete is accepted, and none is our own failure.
    const allowed: readonly unknown[] = [200, 400, 401, 'handshake 200', 'handshake 400', 'handshake 403'];
    expect([...seen].filter((status) => !allowed.includes(status))).toEqual([]);
  });

  it('a provider’s verification refuses any random body, and never throws', async () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.json().map((text) => Buffer.from(text)),
      fc.webQueryParameters().map((text) => Buffer.from(text)),
    );
    const seen = new Set<unknown>();

    await fc.assert(
      fc.asyncProperty(body, async (bytes) => {
        seen.add(await statusOf(file, vector, { body: Buffer.from(bytes) }));
      }),
      { numRuns: 60 },
    );
    const allowed: readonly unknown[] = bodyIsFree.has(name)
      ? [200, 400, 401, 'handshake 200']
      : [400, 401, 'handshake 200'];
    expect([...seen].filter((status) => !allowed.includes(status))).toEqual([]);
  });
});
