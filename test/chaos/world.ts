import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { seededRandom } from './random.ts';

/** What an endpoint saw of one event. */
export interface Received {
  requests: number;
  successes: number;
  /** SHA-256 of each body: all attempts send the same bytes. */
  readonly bodies: Set<string>;
}

/**
 * What is outside the stack: the handlers' counterpart and a customer's endpoint in one server, both failing at times.
 *
 * `POST /handled/<event id>` is a run of a handler; `POST /hooks` a delivery, answered with 200, 503, or not at all.
 */
export async function startOutside(seed: number) {
  const random = seededRandom(seed);
  const handled = new Map<string, number>();
  const received = new Map<string, Received>();
  let isCalm = false;

  function handle(id: string, luck: number, response: ServerResponse): void {
    const fails = luck < 0.1;
    if (!fails) handled.set(id, (handled.get(id) ?? 0) + 1);
    response.writeHead(fails ? 503 : 200).end();
  }

  function receive(id: string, body: Buffer, luck: number, response: ServerResponse): void {
    const seen = received.get(id) ?? { requests: 0, successes: 0, bodies: new Set<string>() };
    received.set(id, seen);
    seen.requests++;
    seen.bodies.add(createHash('sha256').update(body).digest('hex'));
    if (luck < 0.05) response.destroy();
    else if (luck < 0.15) response.writeHead(503).end();
    else {
      seen.successes++;
      response.writeHead(200).end();
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const luck = isCalm ? 1 : random();
    const [, kind, id = ''] = (request.url ?? '').split('/');
    if (kind === 'handled') handle(id, luck, response);
    else receive(String(request.headers['webhook-id']), body, luck, response);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    handled,
    received,
    /** Events with a run of a handler that succeeded, and events with a successful request. */
    ended: (): number =>
      handled.size + [...received.values()].filter(({ successes }) => successes > 0).length,
    calm(): void {
      isCalm = true;
    },
    close(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}

export type Outside = Awaited<ReturnType<typeof startOutside>>;
