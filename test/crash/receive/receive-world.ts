import { onceOnly } from '../../../lambdas/adapters/dynamodb/inbound-events/once-only.ts';
import { SendMessageBatchCommand, type SqsClient } from '../../../lambdas/adapters/sqs/commands.ts';
import { sqsQueue } from '../../../lambdas/adapters/sqs/queue.ts';
import { providerOf } from '../../../lambdas/domain/provider/catalogue.ts';
import { later, seconds, unixMillis } from '../../../lambdas/domain/time.ts';
import { enqueueInParallel } from '../../../lambdas/inbound/enqueue-in-parallel.ts';
import { type ReceivePorts, receive } from '../../../lambdas/inbound/receive.ts';
import type { ReceiveResult } from '../../../lambdas/inbound/receive-result.ts';
import { type SecretVersion, sourceKeys } from '../../../lambdas/inbound/source-keys.ts';
import { clientBy } from '../../../testing/memory/command-client.ts';
import { dynamodbInMemory, tableNames } from '../../../testing/memory/dynamodb/dynamodb.ts';
import { sourceSettings } from '../../support/worlds/inbound-world.ts';
import { type CrashPoint, crashScript } from '../crash-script.ts';
import { callUnderWay } from '../requests-of-calls.ts';
import { watchReceived } from './promises.ts';
import type { Mistake, PartialBatch, Scenario, SentRequest } from './scenario.ts';

/** A provider sends what was not accepted again after this, so often. */
const redelivery = { after: seconds(60), most: 6 } as const;

/** What λ receive asks AWS for. Each is a place at which it can die, or its call fail. */
interface AwsCalls {
  readSecret(stage: 'AWSCURRENT' | 'AWSPREVIOUS'): Promise<SecretVersion | undefined>;
  isHandshakeAwaited(): Promise<boolean>;
  storeHandshakeSecret(value: string): Promise<boolean>;
  useOnce: ReceivePorts['useOnce'];
  putBody: ReceivePorts['putBody'];
  /** @returns the positions of the messages that were refused */
  sendBatch(texts: readonly string[]): Promise<readonly number[]>;
}

/** One source with its secret, bucket, table, queue and clock, and a provider that sends again what was not accepted. */
export function receiveWorld(
  scenario: Scenario,
  points: readonly CrashPoint[],
  mistake: Mistake = () => ({}),
  partial?: PartialBatch,
) {
  const settings = sourceSettings({ name: 'source', ...scenario.settings });
  const source = { settings, provider: providerOf(settings) };
  const clock = { now: unixMillis(1_795_000_000_000) };
  const db = dynamodbInMemory({ now: () => clock.now });
  const bodies = new Map<string, Uint8Array>();
  const versions: SecretVersion[] = scenario.secret === undefined ? [] : [versionOf(scenario.secret)];
  const watch = watchReceived(bodies);
  const script = crashScript(points, { moment: () => `${clock.now} ms` });

  function versionOf(value: string): SecretVersion {
    return { value, createdAt: clock.now };
  }

  const { inboundEvents } = tableNames;
  const aws: AwsCalls = {
    readSecret: async (stage) => versions.at(stage === 'AWSCURRENT' ? -1 : -2),
    isHandshakeAwaited: async () => versions.length === 0,
    async storeHandshakeSecret(value) {
      if (versions.length > 0) return false;
      versions.push(versionOf(value));
      return true;
    },
    useOnce: onceOnly(db.client(script.requests.hooks), inboundEvents, settings.name, settings.retention),
    putBody: async (key, bytes) => void bodies.set(key, bytes),
    async sendBatch(texts) {
      const refused = texts.map((_, nth) => nth).filter((nth) => isRefused(nth, texts.length));
      for (const [nth, text] of texts.entries()) if (!refused.includes(nth)) watch.enqueued(text);
      return refused;
    },
  };
  function isRefused(nth: number, size: number): boolean {
    if (partial === undefined || callUnderWay() !== partial.call) return false;
    return partial.takes === 'first half' ? nth >= size / 2 : nth < size / 2;
  }

  /** The container that answers: it keeps its keys until it dies. */
  let container = newContainer();
  function newContainer() {
    const current = { aws };
    const keys = sourceKeys(source.provider.secret, settings.rotationOverlap, (stage) =>
      current.aws.readSecret(stage),
    );
    return { current, keys };
  }

  function portsOf(process: AwsCalls): ReceivePorts {
    container.current.aws = process;
    const ports: ReceivePorts = {
      keys: container.keys,
      handshakeSecret: {
        isAwaited: process.isHandshakeAwaited,
        store: process.storeHandshakeSecret,
      },
      calls: {
        roots: () => [],
        fetchKey: async ({ href }) => Promise.reject(new Error(`nothing answers at ${href}`)),
        visit: async () => undefined,
      },
      useOnce: process.useOnce,
      putBody: process.putBody,
      enqueue: enqueueInParallel(sqsQueue(clientOf(process), 'https://sqs.example/queue').sendAll),
    };
    return { ...ports, ...mistake(ports) };
  }

  /** @returns undefined when the function died: the provider gets no 2xx */
  async function answer(request: SentRequest, nth: number): Promise<ReceiveResult | undefined> {
    const correlationId = `${request.name}/${nth}`;
    const raw = request.make(clock.now, nth);
    const end = await script.run(aws, (process) =>
      receive(raw, source, correlationId, clock.now, portsOf(process)),
    );
    if (end.kind === 'ended') return end.value;
    container = newContainer();
    return undefined;
  }

  /** Sends a request until it is accepted, as the provider would; a forger tries once. */
  async function deliver(request: SentRequest): Promise<void> {
    for (let nth = 0; nth < (request.isGenuine ? redelivery.most : 1); nth++) {
      const result = await answer(request, nth);
      watch.answered(request, result);
      if (result !== undefined && result.kind !== 'refused') return;
      clock.now = later(clock.now, redelivery.after);
    }
  }

  async function play(): Promise<readonly string[]> {
    for (const [nth, request] of scenario.requests.entries()) {
      if (scenario.rotation?.before === nth) versions.push(versionOf(scenario.rotation.secret));
      await deliver(request);
    }
    return watch.brokenPromises(scenario);
  }

  return { play, script };
}

/** The real queue adapter's client, whose batches go to the simulated queue. */
const clientOf = ({ sendBatch }: AwsCalls): SqsClient =>
  clientBy(async (command) => {
    if (!(command instanceof SendMessageBatchCommand)) throw new Error('an unknown command to SQS');
    const { Entries = [] } = command.input;
    const refused = await sendBatch(Entries.map(({ MessageBody = '' }) => MessageBody));
    return { Failed: refused.map((nth) => ({ Id: Entries[nth]?.Id, Code: 'InternalError' })) };
  });
