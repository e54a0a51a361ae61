import { onceOnly } from '../../../lambdas/adapters/dynamodb/inbound-events/once-only.ts';
import { providerOf } from '../../../lambdas/domain/provider/catalogue.ts';
import { propertyAt } from '../../../lambdas/domain/provider/property.ts';
import type { RawRequest } from '../../../lambdas/domain/raw-request.ts';
import type { SourceSettings } from '../../../lambdas/domain/source.ts';
import { seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import type { OutgoingEvent } from '../../../lambdas/inbound/ports.ts';
import { type ReceivePorts, receive } from '../../../lambdas/inbound/receive.ts';
import { type SecretVersion, sourceKeys } from '../../../lambdas/inbound/source-keys.ts';
import { dynamodbInMemory, tableNames } from '../../../testing/memory/dynamodb/dynamodb.ts';
import { memoryBucket } from '../memory/bucket.ts';
import { sourceSettings } from './inbound-world.ts';

/** A request as the gateway would hand it on. */
export const requestOf = (
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
  sourceIp = '192.0.2.1',
): RawRequest => ({
  method: 'POST',
  url: 'https://hooks.example.test/webhooks/source',
  body: Buffer.from(body),
  headers: new Map(Object.entries(headers)),
  sourceIp,
});

/** What a provider's own servers answer, by URL. */
interface ProviderServers {
  readonly fetched?: Readonly<Record<string, string>>;
  readonly roots?: readonly string[];
}

/** A receiver of one source with its secret, queue and bucket in memory. */
export function memoryReceiver(
  settings: Partial<SourceSettings>,
  secret: { current?: SecretVersion; previous?: SecretVersion },
  servers: ProviderServers = {},
) {
  const given = sourceSettings({ name: 'source', ...settings });
  const provider = providerOf(given);
  const tolerance = settings.tolerance ?? seconds(provider.tolerance ?? given.tolerance);
  const complete = { ...given, tolerance };
  const sent: OutgoingEvent[] = [];
  const bucket = memoryBucket();
  const visited: string[] = [];
  const state = {
    reads: 0,
    secret,
    secretError: undefined as Error | undefined,
    queueError: undefined as Error | undefined,
    bucketError: undefined as Error | undefined,
    tokensError: undefined as Error | undefined,
    /** How often a handshake's secret was to be stored. */
    stores: 0,
    isHandshakeAwaited: false,
  };
  const keys = sourceKeys(provider.secret, complete.rotationOverlap, async (stage) => {
    state.reads++;
    if (state.secretError) throw state.secretError;
    return stage === 'AWSCURRENT' ? state.secret.current : state.secret.previous;
  });
  const useOnce = onceOnly(
    dynamodbInMemory().client(),
    tableNames.inboundEvents,
    given.name,
    complete.retention,
  );
  const ports: ReceivePorts = {
    keys,
    handshakeSecret: {
      isAwaited: async () => state.isHandshakeAwaited,
      async store(value) {
        state.stores++;
        if (!state.isHandshakeAwaited) return false;
        state.isHandshakeAwaited = false;
        state.secret = { current: { value, createdAt: unixMillis(0) } };
        return true;
      },
    },
    calls: {
      roots: () => servers.roots ?? [],
      async fetchKey(url, json) {
        const name = json === undefined ? url.href : `${url.href}#${propertyAt(json, 'key_id')}`;
        const text = servers.fetched?.[name];
        if (text === undefined) throw new Error(`nobody answers at ${name}`);
        return { isThere: true, text };
      },
      async visit(url) {
        visited.push(url.href);
      },
    },
    async useOnce(...token) {
      if (state.tokensError) throw state.tokensError;
      return useOnce(...token);
    },
    async putBody(key: string, bytes: Uint8Array) {
      if (state.bucketError) throw state.bucketError;
      await bucket.put(key, bytes);
    },
    async enqueue(messages: readonly OutgoingEvent[]) {
      if (state.queueError) throw state.queueError;
      sent.push(...messages);
    },
  };
  let requests = 0;
  return {
    provider,
    state,
    sent,
    bodies: bucket.objects,
    visited,
    /** @param now unix seconds */
    receive: (request: RawRequest, now: number) =>
      receive(
        request,
        { settings: complete, provider },
        `request-${++requests}`,
        unixMillis(now * 1000),
        ports,
      ),
  };
}
