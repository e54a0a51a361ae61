// Step 1 of 2 of the inbound flow: open receive.ts next, then consume.lambda.ts.
// Trigger: API Gateway, POST /webhooks/{source}; GET or HEAD where the provider tests its URL that way.
// Input: the provider's request → output: one message per event on the source's queue, and the answer.
// On failure: 503, and the provider sends it again; nothing is acknowledged before SQS has it.
import { setTimeout as pause } from 'node:timers/promises';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { jsonResponse, lastPathSegment, plainResponse, rawRequest } from '../adapters/api-gateway.ts';
import { quickCalls } from '../adapters/call-bounds.ts';
import { providerCalls } from '../adapters/http/provider-calls.ts';
import { s3Client } from '../adapters/s3/client.ts';
import { payloadStore } from '../adapters/s3/payload-store.ts';
import { secretsClient } from '../adapters/secrets/client.ts';
import { secretByName } from '../adapters/secrets/secrets-manager.ts';
import { sqsClient } from '../adapters/sqs/client.ts';
import { sqsQueue } from '../adapters/sqs/queue.ts';
import { telemetry } from '../adapters/telemetry/telemetry.ts';
import { asError } from '../domain/errors.ts';
import { loadProvider } from '../domain/provider/load-provider.ts';
import type { Provider } from '../domain/provider/provider.ts';
import type { RawRequest } from '../domain/raw-request.ts';
import { secretTexts } from '../domain/redacted-request.ts';
import type { SecretFormat } from '../domain/signature/key.ts';
import { InboundSettings, type SourceSettings } from '../domain/source.ts';
import { type Seconds, type UnixMillis, unixMillis } from '../domain/time.ts';
import { readEnv, readSettings, receiveEnv, secretArns } from '../env.ts';
import { refusalIn, refusalKeeper } from './keep-refusal.ts';
import { cachingKeys } from './key-cache.ts';
import { receive } from './receive.ts';
import type { OutgoingEvent, ReceivePorts } from './receive-ports.ts';
import type { ReceiveResult } from './reception.ts';
import { sourceKeys } from './source-keys.ts';

/** The strictest providers hang up after 3 s; the rest is for a cold start and the way. */
const answerWithinMs = 2200;
/** For the record of a refusal, behind that. */
const keepWithinMs = 500;
const parallelSends = 8;
/** What one `SendMessageBatch` takes. */
const sendSize = 10;

const env = readEnv(receiveEnv);
const report = telemetry('receive');
const queue = sqsQueue(sqsClient(quickCalls), env.QUEUE_URL);
const bodies = payloadStore(s3Client(quickCalls), env.PAYLOAD_BUCKET);
const secrets = secretsClient(quickCalls);
const calls = providerCalls();
const sources = await wireAll(readSettings(InboundSettings).sources);

/** API Gateway's entry. */
export async function handler(
  event: APIGatewayProxyEventV2,
  context: Context,
): Promise<APIGatewayProxyStructuredResultV2> {
  const startedAt = performance.now();
  const name = env.SOURCE || lastPathSegment(event);
  const wired = sources.get(name);
  if (wired === undefined) return jsonResponse(404, { error: 'unknown_source' });
  const request = rawRequest(event);
  const correlationId = event.requestContext.requestId || context.awsRequestId;
  try {
    const now = unixMillis(Date.now());
    const result = await inTime(receive(request, wired.source, correlationId, now, wired.ports));
    const refused = { request, result, correlationId, at: now };
    await keepIfRefused(wired, refused);
    record(name, result, {
      correlationId,
      bytes: request.body.byteLength,
      durationMs: Math.round(performance.now() - startedAt),
    });
    return answerOf(result, wired.source.provider, request);
  } finally {
    report.flush();
  }
}

/** A sample of what is refused. */
const keepRefusal = refusalKeeper({
  putRecord: bodies.put,
  onFailure: (error) => report.warn('refusal.keep-failed', { reason: asError(error).message }),
});

async function keepIfRefused(
  { source, ports }: Wired,
  {
    result,
    ...refused
  }: { request: RawRequest; result: ReceiveResult; correlationId: string; at: UnixMillis },
): Promise<void> {
  const { settings, provider } = source;
  const refusal = refusalIn(result);
  if (refusal === undefined) return;
  // Without the keys it cannot be told what of the request is one of them.
  const secrets = settings.keepRefusedRequests ? await knownSecrets(ports, refused.at) : undefined;
  const whole = secrets !== undefined;
  const facts = { ...refused, provider, source: settings.name, refusal };
  const kept = keepRefusal({ ...facts, whole, secrets: secrets ?? [] });
  await Promise.race([kept, pause(keepWithinMs, undefined, { ref: false })]);
}

/** @returns undefined when they cannot be read just now */
async function knownSecrets({ keys }: ReceivePorts, now: UnixMillis): Promise<string[] | undefined> {
  try {
    const found = await keys.current(now);
    return found.kind === 'keys' ? secretTexts(found.keys) : [];
  } catch {
    return undefined;
  }
}

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
    keys: sourceKeys(provider.secret, settings.rotationOverlap, secretByName(secrets, secretArn)),
    handshakeSecret: handshakeSecretOf(secretArn, provider.secret, settings.handshakeWindow),
    // Of each source's own: what is forged for one costs no other its requests.
    calls: cachingKeys(calls, () => unixMillis(Date.now())),
    useOnce: async (token, fingerprint, now) => (await tokenTable(settings))(token, fingerprint, now),
    putBody: bodies.put,
    enqueue,
  };
  return { source: { settings, provider }, ports };
}

/** Loaded, once, by the few sources whose provider brings its secret itself. */
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

/** Loaded by the few sources whose provider signs no body. */
async function tokenTable({ name, retention }: SourceSettings): Promise<ReceivePorts['useOnce']> {
  const { onceOnly } = await import('../adapters/dynamodb/inbound-events/once-only.ts');
  return onceOnly(env.INBOUND_EVENTS_TABLE, name, retention);
}

/** A large batch goes out in parallel: one after the other, a hundred calls would take too long. */
async function enqueue(messages: readonly OutgoingEvent[]): Promise<void> {
  const share = Math.ceil(messages.length / parallelSends / sendSize) * sendSize;
  const shares = Array.from({ length: parallelSends }, (_, nth) =>
    messages.slice(nth * share, (nth + 1) * share),
  );
  await Promise.all(shares.map((part) => queue.sendAll(part)));
}

/** Whatever the calls are still waiting for, the answer goes out; an event that is enqueued later is a duplicate. */
async function inTime(result: Promise<ReceiveResult>): Promise<ReceiveResult> {
  const timer = new AbortController();
  const tooLate = pause<ReceiveResult>(
    answerWithinMs,
    { kind: 'refused', status: 503, error: 'unavailable', reason: `not done within ${answerWithinMs} ms` },
    { signal: timer.signal },
  );
  tooLate.catch(() => undefined);
  try {
    return await Promise.race([result, tooLate]);
  } finally {
    timer.abort();
  }
}

function answerOf(
  result: ReceiveResult,
  provider: Provider,
  request: RawRequest,
): APIGatewayProxyStructuredResultV2 {
  if (result.kind === 'refused') {
    const { status, error } = result;
    return provider.emptyRefusals ? plainResponse({ status, body: '' }) : jsonResponse(status, { error });
  }
  if (result.kind === 'handshake') return plainResponse(result.answer);
  const { answer } = provider;
  if (answer !== undefined) return plainResponse(typeof answer === 'function' ? answer(request) : answer);
  const [event, ...others] = result.events;
  return event && others.length === 0
    ? jsonResponse(200, { status: 'accepted', id: event.id })
    : jsonResponse(200, { status: 'accepted', count: result.events.length });
}

interface Measured {
  readonly correlationId: string;
  readonly bytes: number;
  readonly durationMs: number;
}

/** Types are not split here: the receiver does not know which ones have handlers, and each value is a billed metric. */
function record(source: string, result: ReceiveResult, measured: Measured): void {
  if (result.kind === 'accepted') {
    report.count('WebhooksReceived', { source, eventType: 'any', status: 'accepted' });
    const [first] = result.events;
    const fields = { eventId: first?.id, eventType: first?.type, events: result.events.length };
    report.info('event.received', { source, status: 'accepted', ...fields, ...measured });
    return;
  }
  if (result.kind === 'handshake') {
    report.count('WebhooksReceived', { source, eventType: 'any', status: 'handshake' });
    report.info('event.received', { source, status: 'handshake', ...measured });
    return;
  }
  report.count('WebhooksReceived', { source, eventType: 'any', status: result.error });
  report.count('RequestsRefused', { source });
  const fields = { source, status: result.error, reason: result.reason, ...measured };
  if (result.status === 503) report.error('event.received', fields, result.cause);
  else report.warn('event.received', fields);
}
