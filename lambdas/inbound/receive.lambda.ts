// Step 1 of 2 of the inbound flow: open receive.ts next, then consume.lambda.ts.
// Trigger: API Gateway, POST /webhooks/{source}; GET or HEAD where the provider tests its URL that way.
// Input: the provider's request → output: one message per event on the source's queue, and the response.
// On failure: 503, and the provider sends it again. The response is 200 only after SQS has every event.
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import {
  checkHttpEvent,
  jsonResponse,
  lastPathSegment,
  plainResponse,
  rawRequest,
  requestIdOf,
} from '../adapters/api-gateway.ts';
import { quickCalls } from '../adapters/call-bounds.ts';
import { providerCalls } from '../adapters/http/provider-calls.ts';
import { pauseAtMost } from '../adapters/pause.ts';
import { lazyPayloadStore } from '../adapters/s3/lazy-payload-store.ts';
import { secretsClient } from '../adapters/secrets/client.ts';
import { secretByName } from '../adapters/secrets/secrets-manager.ts';
import { sqsClient } from '../adapters/sqs/client.ts';
import { sqsQueue } from '../adapters/sqs/queue.ts';
import { plainLog } from '../adapters/telemetry/plain-log.ts';
import { loadProvider } from '../domain/provider/load-provider.ts';
import type { SecretFormat } from '../domain/signature/key.ts';
import { InboundSettings, type SourceSettings } from '../domain/source.ts';
import { type Seconds, unixMillis } from '../domain/time.ts';
import { readEnv, readSettings, receiveEnv, secretArns } from '../env.ts';
import { enqueueInParallel } from './enqueue-in-parallel.ts';
import { keepIfRefused, refusalKeeper } from './keep-refusal.ts';
import { cachingKeys } from './key-cache.ts';
import { type ReceivePorts, receive } from './receive.ts';
import { reportReceived, responseTo } from './receive-response.ts';
import type { ReceiveResult } from './receive-result.ts';
import { sourceKeys } from './source-keys.ts';

/** The strictest providers hang up after 3 s. The remaining time is for the network and a cold start. */
const respondWithinMs = 2200;

const env = readEnv(receiveEnv);
const report = plainLog();
const queue = sqsQueue(sqsClient(quickCalls), env.QUEUE_URL);
const bodies = lazyPayloadStore(quickCalls, env.PAYLOAD_BUCKET);
const secrets = secretsClient(quickCalls);
const calls = providerCalls();
const sources = await wireAll(readSettings(InboundSettings).sources);

/** API Gateway's entry. */
export async function handler(
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> {
  const startedAt = performance.now();
  checkHttpEvent(event);
  const name = env.SOURCE || lastPathSegment(event);
  const wired = sources.get(name);
  if (wired === undefined) return jsonResponse(404, { error: 'unknown_source' });
  const request = rawRequest(event);
  const correlationId = requestIdOf(event) || context.awsRequestId;
  const now = unixMillis(Date.now());
  const result = await inTime(receive(request, wired.source, correlationId, now, wired.ports));
  await keepIfRefused(
    { request, result, correlationId, at: now },
    wired.source,
    { keys: wired.ports.keys, pause: pauseAtMost },
    keepRefusal,
  );
  const bytes = request.body.byteLength;
  const durationMs = Math.round(performance.now() - startedAt);
  reportReceived(name, result, { correlationId, bytes, durationMs }, report);
  const response = responseTo(result, wired.source.provider, request);
  return response.kind === 'json'
    ? jsonResponse(response.status, response.body)
    : plainResponse(response.response);
}

/** Keeps a sample of the refused requests. */
const keepRefusal = refusalKeeper({ putBody: bodies.put, log: report.log });

type Wired = Awaited<ReturnType<typeof wire>>;

async function wireAll(all: readonly SourceSettings[]): Promise<ReadonlyMap<string, Wired>> {
  const arns = secretArns(env, all.length);
  const wired = all.map(async (settings, nth) => {
    return [settings.name, await wire(settings, arns[nth] ?? '')] as const;
  });
  return new Map(await Promise.all(wired));
}

async function wire(settings: SourceSettings, secretArn: string) {
  const provider = await loadProvider(settings);
  const ports: ReceivePorts = {
    keys: sourceKeys(provider.secret, settings.rotationOverlap, secretByName(secrets, secretArn).readSecret),
    handshakeSecret: handshakeSecretOf(secretArn, provider.secret, settings.handshakeWindow),
    // One cache for each source: requests forged for one source use up no other source's fetches.
    calls: cachingKeys(calls, () => unixMillis(Date.now())),
    useOnce: async (token, fingerprint, now) => (await tokenTable(settings))(token, fingerprint, now),
    putBody: bodies.put,
    enqueue: enqueueInParallel(queue.sendAll),
  };
  return { source: { settings, provider }, ports };
}

/** Loads the adapter on first use: few providers send their secret in the handshake. */
function handshakeSecretOf(
  secretArn: string,
  format: SecretFormat,
  window: Seconds,
): ReceivePorts['handshakeSecret'] {
  let loaded: ReceivePorts['handshakeSecret'] | undefined;
  const load = async () => {
    const { handshakeSecret } = await import('../adapters/secrets/handshake-secret.ts');
    loaded ??= handshakeSecret(secrets, secretArn, format, window);
    return loaded;
  };
  return {
    isAwaited: async (now) => (await load()).isAwaited(now),
    store: async (secret, now) => (await load()).store(secret, now),
  };
}

/** Loads the adapter on first use: few providers do not sign the body. */
async function tokenTable({ name, retention }: SourceSettings): Promise<ReceivePorts['useOnce']> {
  const { tokensOf } = await import('../adapters/dynamodb/inbound-events/once-only.ts');
  return tokensOf(env.INBOUND_EVENTS_TABLE, name, retention);
}

/**
 * Responds with 503 in time even if AWS calls are still pending. If the event is enqueued after all, the provider's retry is
 * deduplicated.
 */
async function inTime(result: Promise<ReceiveResult>): Promise<ReceiveResult> {
  const tooLate = Promise.withResolvers<ReceiveResult>();
  const refused: ReceiveResult = {
    kind: 'refused',
    status: 503,
    error: 'unavailable',
    reason: `not done within ${respondWithinMs} ms`,
  };
  // An abort signal would make an error for each request.
  const timer = setTimeout(tooLate.resolve, respondWithinMs, refused);
  try {
    return await Promise.race([result, tooLate.promise]);
  } finally {
    clearTimeout(timer);
  }
}
