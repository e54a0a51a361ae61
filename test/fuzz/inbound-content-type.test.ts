import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { sampleOf } from '../../testing/samples/sample-of.ts';
import { onlyTheProviderSigns } from '../../testing/signing/custom-signers.ts';
import { signRequest } from '../../testing/signing/sign-request.ts';
import {
  receiverOf,
  requestOfVector,
  type Vector,
  type VectorFile,
  vectorFiles,
} from '../support/fixtures/vectors.ts';

/** Values that a caller may write without signing them; undefined omits the header. */
const contentType = fc.oneof(
  fc.constantFrom(
    undefined,
    '',
    'application/json',
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded; charset=utf-16le',
    'APPLICATION/X-WWW-FORM-URLENCODED',
    'application/json; charset=utf-7',
    'application/json, application/x-www-form-urlencoded',
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary="payload"',
    'multipart/mixed; boundary=x',
    'text/plain',
    'application/xml',
    'application/octet-stream',
    '__proto__',
  ),
  fc.string({ maxLength: 5 }).map((boundary) => `multipart/form-data; boundary=${boundary}`),
  fc.string({ unit: 'binary', maxLength: 20 }),
);

const withContentType = (request: RawRequest, type: string | undefined): RawRequest => {
  const others = [...request.headers].filter(([name]) => name !== 'content-type');
  return {
    ...request,
    headers: new Map([...others, ...(type === undefined ? [] : [['content-type', type] as const])]),
  };
};

/** The receiver's result for a request: the response, and the queue messages without the headers. */
async function outcomeOf(file: VectorFile, vector: Vector, request: RawRequest) {
  const receiver = receiverOf(file, vector);
  const reception = await receiver.receive(request, file.now);
  const queued = receiver.sent.map(({ body, attributes }) => [withoutHeaders(body), attributes]);
  const { answer } = receiver.provider;
  const answered = typeof answer === 'function' ? answer(request) : answer;
  return { reception, queued, answered, bodies: [...receiver.bodies] };
}

const withoutHeaders = (message: string): unknown => ({ ...JSON.parse(message), headers: undefined });

/**
 * Contentful's sender chooses which headers it signs. Where the content type is among them another one is a mismatch; no
 * other provider's check knows it. Nowhere does it change what an event is.
 */
const isSigned = (request: RawRequest): boolean =>
  (request.headers.get('x-contentful-signed-headers') ?? '').includes('content-type');

async function expectUnmoved(
  file: VectorFile,
  vector: Vector,
  request: RawRequest,
  runs: number,
): Promise<void> {
  const expected = await outcomeOf(file, vector, request);
  await fc.assert(
    fc.asyncProperty(contentType, async (type) => {
      expect(await outcomeOf(file, vector, withContentType(request, type))).toEqual(expected);
    }),
    { numRuns: runs },
  );
}

describe.each(vectorFiles)('%s', (name, file) => {
  it('every vector of a provider gives the same events with any content type', async () => {
    const requests = file.vectors
      .map((vector) => [vector, requestOfVector(vector)] as const)
      .filter(([, request]) => !isSigned(request) && request.body.byteLength < 10_000);

    expect(requests.length).toBeGreaterThan(5);
    for (const [vector, request] of requests) await expectUnmoved(file, vector, request, 5);
  });

  it('the sample of a provider gives the same events with any content type', async (context) => {
    const vector = file.vectors.find(({ expect: { status } }) => status === 200);
    const { provider } = vector === undefined ? context.skip() : receiverOf(file, vector);
    const [dated] =
      vector === undefined ? [] : (parseSecretValue(vector.secret, provider.secret)?.keys ?? []);
    if (vector === undefined || dated === undefined || cannotSign(name, dated.key.kind))
      return context.skip();
    const at = unixMillis(file.now * 1000);
    const draft = sampleOf(name, 'https://hooks.example.test/webhooks/source', at);
    const signed = signRequest(name, provider, draft, { key: dated.key, at, messageId: 'msg_1' });
    const request = { ...signed, headers: new Map(Object.entries(signed.headers)), sourceIp: '192.0.2.1' };

    expect(await outcomeOf(file, vector, request)).toMatchObject({ reception: { kind: 'accepted' } });
    if (!isSigned(request)) await expectUnmoved(file, vector, request, 50);
  });
});

/** A public key verifies only, some sign with their own servers' keys, and a sender of tokens names its events in headers. */
const cannotSign = (provider: string, kind: string): boolean =>
  provider === 'token' ||
  onlyTheProviderSigns[provider] !== undefined ||
  ['ed25519', 'ecdsa-p256', 'public-key'].includes(kind);

it('the verification of Contentful lets the sender sign the content type', async () => {
  const [, file] = vectorFiles.find(([name]) => name === 'contentful') ?? [];
  const vector = file?.vectors.find((one) => one.expect.status === 200 && isSigned(requestOfVector(one)));
  if (file === undefined || vector === undefined) return expect.unreachable();
  const request = withContentType(requestOfVector(vector), 'application/x-www-form-urlencoded');

  expect(await outcomeOf(file, vector, request)).toMatchObject({
    reception: { kind: 'refused', reason: 'mismatch' },
    queued: [],
  });
});
