import { describe, expect, it } from 'vitest';
import { rawRequest } from '../../lambdas/adapters/api-gateway.ts';
import { ReceivedMessage } from '../../lambdas/domain/event.ts';
import { parseMessage } from '../../lambdas/domain/messages.ts';
import { parseSecretValue } from '../../lambdas/domain/provider/secret.ts';
import type { RawRequest } from '../../lambdas/domain/raw-request.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import type { ReceiveResult } from '../../lambdas/inbound/receive-result.ts';
import { refusalOfMessage } from '../../testing/memory/sqs/limits.ts';
import { onlyTheProviderSigns } from '../../testing/signing/custom-signers.ts';
import type { Draft } from '../../testing/signing/draft.ts';
import { signRequest } from '../../testing/signing/sign-request.ts';
import { bodyIsFree } from '../support/fixtures/unsigned-bodies.ts';
import {
  receiverOf,
  requestOfVector,
  type Vector,
  type VectorFile,
  vectorFiles,
} from '../support/fixtures/vectors.ts';
import { corpus } from '../support/hostile/corpus.ts';
import { faultsOfError } from '../support/hostile/wall.ts';
import { gatewayEvent } from './walls/gateway-event.ts';

/** CPU time is what counts: a busy machine may take long. */
const timeout = 300_000;

/** A vector that verifies, for each provider. */
const accepted = vectorFiles.flatMap(([name, file]) => {
  const vector = file.vectors.find(
    ({ expect: { status, answer } }) => status === 200 && answer === undefined,
  );
  return vector ? [[name, file, vector] as const] : [];
});

const sentWith = async (file: VectorFile, vector: Vector, request: RawRequest) => {
  const receiver = receiverOf(file, vector);
  const result = await receiver.receive(request, file.now);
  return { result, sent: receiver.sent };
};

/** What is wrong with a result, and with what was enqueued. */
function faultsIn({ result, sent }: Awaited<ReturnType<typeof sentWith>>, mayAccept: boolean): string[] {
  const messages = sent.flatMap(({ body }) => {
    parseMessage(ReceivedMessage, 'message', body);
    const refused = refusalOfMessage({ MessageBody: body });
    return refused === undefined ? [] : [`SQS refuses the message: ${refused.message}`];
  });
  return [
    ...messages,
    ...resultFaults(result, mayAccept),
    ...(mayAccept || sent.length === 0 ? [] : ['enqueued']),
  ];
}

function resultFaults(result: ReceiveResult, mayAccept: boolean): string[] {
  if (result.kind === 'accepted') return mayAccept ? [] : ['accepted'];
  if (result.kind === 'handshake') return result.response.status >= 500 ? ['a handshake fails'] : [];
  const isOurFault = result.status >= 500 ? [`answered ${result.status}: ${result.reason}`] : [];
  return [...isOurFault, ...faultsOfError(result.reason, false)];
}

function trySigning(sign: () => Draft): Draft | undefined {
  try {
    return sign();
  } catch {
    return undefined;
  }
}

describe.each(accepted)('%s', (name, file, vector) => {
  const request = requestOfVector(vector);

  it('a source refuses every entry of the corpus that is not signed, in any content encoding', {
    timeout,
  }, async () => {
    const faults: unknown[] = [];
    for (const [nth, { name: entry, bytes }] of corpus.entries()) {
      const encoding = ['gzip', 'deflate', 'br', undefined][nth % 4];
      const headers = new Map([
        ...request.headers,
        ...(encoding ? [['content-encoding', encoding] as const] : []),
      ]);
      const end = await sentWith(file, vector, { ...request, body: bytes, headers });
      for (const fault of faultsIn(end, bodyIsFree.has(name))) faults.push([entry, fault]);
    }
    expect(faults).toEqual([]);
  });

  it('a source takes or refuses every entry of the corpus that is signed', { timeout }, async (context) => {
    const { provider } = receiverOf(file, vector);
    const [dated] = parseSecretValue(vector.secret, provider.secret)?.keys ?? [];
    // Only the provider has the key that signs other bodies, so this source has no such case.
    if (dated === undefined || onlyTheProviderSigns[name] !== undefined) return context.skip();
    const signing = { key: dated.key, at: unixMillis(file.now * 1000), messageId: 'msg_1' };
    const faults: unknown[] = [];
    for (const { name: entry, bytes } of corpus) {
      const draft = { method: request.method, url: request.url, headers: vector.headers, body: bytes };
      const signed = trySigning(() => signRequest(name, provider, draft, signing));
      // Some sign the fields of JSON, which it then must be.
      if (signed === undefined) continue;
      const headers = new Map(Object.entries(signed.headers));
      const end = await sentWith(file, vector, { ...request, ...signed, headers });
      for (const fault of faultsIn(end, true)) faults.push([entry, fault]);
    }
    expect(faults).toEqual([]);
  });

  it('a source accepts a signed request among 10 000 other headers', { timeout }, async () => {
    const others = Array.from({ length: 10_000 }, (_, nth) => [`x-other-${nth}`, `${nth}\r\nx: y`] as const);
    const end = await sentWith(file, vector, {
      ...request,
      headers: new Map([...others, ...request.headers]),
    });

    expect(end.result).toMatchObject({ kind: 'accepted' });
    expect(faultsIn(end, true)).toEqual([]);
  });

  it('a source refuses a request whose headers are another one’s, in any case and twice', {
    timeout,
  }, async () => {
    const spoiled = Object.entries(vector.headers).map(
      ([header]) => [header.toLowerCase(), 'other'] as const,
    );
    const given = rawRequest(
      gatewayEvent({ headers: Object.fromEntries([...Object.entries(vector.headers), ...spoiled]) }),
    );
    const end = await sentWith(file, vector, { ...request, headers: given.headers });

    // The last spelling counts, for the check and for the event alike.
    const isChecked = Object.keys(vector.headers).length > 0;
    expect(end.result.kind === 'accepted' && isChecked && !bodyIsFree.has(name)).toBe(false);
    expect(faultsIn(end, true)).toEqual([]);
  });
});
