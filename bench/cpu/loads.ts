import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { dynamoClient } from '../../lambdas/adapters/dynamodb/client.ts';
import { dynamodbEndpointChanges } from '../../lambdas/adapters/dynamodb/endpoints/changes.ts';
import { secretsClient } from '../../lambdas/adapters/secrets/client.ts';
import { masterSecret } from '../../lambdas/adapters/secrets/master-secret.ts';
import { generateSecret } from '../../lambdas/domain/endpoint-secret.ts';
import { asEndpointId, asTenantId } from '../../lambdas/domain/ids.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { awsVariables } from '../../local/endpoint.ts';
import { onLoopback } from '../../test/support/loopback-server.ts';
import { secret } from '../first-events.ts';
import type { Assembly, FunctionName } from './assembly.ts';
import type { RunningFunction } from './running-function.ts';
import type { StandInAws } from './stand-in-aws.ts';

/** What becomes of events, by their ids. */
export interface Fates {
  /** When each was done, in Unix milliseconds. */
  readonly doneAt: ReadonlyMap<string, number>;
  /** How often each was done. */
  readonly times: ReadonlyMap<string, number>;
}

/** One way of events through functions. */
export interface Load {
  /** Sends an event. @returns a description of what went wrong at once; undefined when it was taken */
  send(id: string): Promise<string | undefined>;
  fates(): Fates;
  stop(): void;
}

/** The functions of each flow, and how many processes of them run. */
export const processesOf = {
  in: { receive: 2, consume: 1 },
  out: { publish: 1, deliver: 2 },
} as const satisfies Record<string, Partial<Record<FunctionName, number>>>;
export type Flow = keyof typeof processesOf;

/** Fills a body up to about 1 kB. */
const filling = (bytes: number): string => 'x'.repeat(bytes);

/** Signed requests of about 1 kB to the source `stripe`, each to the next process that is free. */
export function inboundLoad(
  { functions }: Assembly,
  aws: StandInAws,
  running: readonly RunningFunction[],
): Load {
  const free = running.filter(({ built }) => built.name === 'receive');
  const consumers = running.filter(({ built }) => built.name === 'consume');
  const waiting: ((one: RunningFunction) => void)[] = [];
  const take = async (): Promise<RunningFunction> =>
    free.pop() ?? (await new Promise<RunningFunction>((resolve) => waiting.push(resolve)));
  const giveBack = (one: RunningFunction): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(one);
    else next(one);
  };
  return {
    async send(id) {
      const receiver = await take();
      const { answer } = await receiver.invoke(signedRequest(id));
      giveBack(receiver);
      const status: unknown = Reflect.get(Object(answer), 'statusCode');
      return status === 200 ? undefined : `${id} got the response ${status}`;
    },
    fates() {
      const records = aws.items(functions.consume.variables['INBOUND_EVENTS_TABLE'] ?? '');
      const processed = records.filter(({ status }) => status === 'processed');
      const doneAt = processed.map(
        ({ id, processedAt }) => [String(id).replace('stripe#', ''), Number(processedAt)] as const,
      );
      // The example's handler logs each run.
      const runs = consumers
        .flatMap((one) => [...one.log().matchAll(/"creditId":"([^"]+)"/g)])
        .map(([, id = '']) => id);
      return { doneAt: new Map(doneAt), times: occurrences(runs) };
    },
    stop: () => undefined,
  };
}

const occurrences = (values: readonly string[]): ReadonlyMap<string, number> => {
  const times = new Map<string, number>();
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1);
  return times;
};

/** A request as API Gateway hands it to the function. */
function signedRequest(id: string): object {
  const object = {
    id: `pi_${id}`,
    object: 'payment_intent',
    amount_received: 1200,
    currency: 'eur',
    customer: 'cus_1',
  };
  const type = 'payment_intent.succeeded';
  const data = { object: { ...object, metadata: { text: filling(700) } } };
  const body = JSON.stringify({ id, object: 'event', api_version: '2026-01-01', livemode: true, type, data });
  const at = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  return {
    version: '2.0',
    rawPath: '/webhooks/stripe',
    rawQueryString: '',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      'stripe-signature': `t=${at},v1=${signature}`,
    },
    requestContext: {
      requestId: `request-${id}`,
      domainName: 'bench',
      http: { method: 'POST', path: '/webhooks/stripe', sourceIp: '127.0.0.1' },
    },
    body,
    isBase64Encoded: false,
  };
}

const tenant = asTenantId('acme');
const endpointId = asEndpointId('ep_1');

/** Events of about 1 kB, as SNS puts them on the publish queue, for one registered endpoint that answers 200 at once. */
export async function outboundLoad({ functions }: Assembly, aws: StandInAws): Promise<Load> {
  const doneAt = new Map<string, number>();
  const times = new Map<string, number>();
  const server = createServer((request, response) => {
    const id = String(request.headers['webhook-id']);
    request.resume().on('end', () => {
      times.set(id, (times.get(id) ?? 0) + 1);
      doneAt.set(id, Date.now());
      response.end('ok');
    });
  });
  const endpoint = await onLoopback(server);
  await register(`${endpoint.url}/hooks`, functions.deliver.variables, aws);
  const deliveries = functions.deliver.variables['DELIVERIES_TABLE'] ?? '';
  const queue = aws.queue(functions.publish.source?.queue ?? '');
  return {
    async send(id) {
      queue.send({ MessageBody: envelope(id) });
      return undefined;
    },
    fates() {
      const delivered = aws.items(deliveries).filter(({ status }) => status === 'delivered');
      const recorded = new Set(delivered.map(({ eventId }) => String(eventId)));
      return { doneAt: new Map([...doneAt].filter(([id]) => recorded.has(id))), times };
    },
    stop: endpoint.close,
  };
}

function envelope(id: string): string {
  const data = { number: 1, customer: 'cus_1', text: filling(850) };
  const Message = JSON.stringify({ id, type: 'invoice.paid', tenant, endpoint: { id: endpointId }, data });
  return JSON.stringify({
    Type: 'Notification',
    MessageId: crypto.randomUUID(),
    TopicArn: 'arn:aws:sns:us-east-1:000000000000:bench',
    Message,
    Timestamp: new Date().toISOString(),
    SignatureVersion: '1',
  });
}

async function register(
  url: string,
  variables: Readonly<Record<string, string>>,
  aws: StandInAws,
): Promise<void> {
  const environment = awsVariables(aws);
  const client = dynamoClient(patientCalls, environment);
  const { create } = dynamodbEndpointChanges(client, variables['ENDPOINTS_TABLE'] ?? '');
  const { seal } = masterSecret(secretsClient(patientCalls, environment), variables['MASTER_SECRET'] ?? '');
  const now = unixMillis(Date.now());
  await create({
    tenant,
    id: endpointId,
    url,
    description: '',
    eventTypes: ['*'],
    headers: {},
    metadata: {},
    status: 'enabled',
    secrets: [await seal(generateSecret('v1'), { tenant, id: endpointId }, now)],
    createdAt: now,
    updatedAt: now,
    version: 1,
  });
}
