import { createServer, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** Longer than a request to an endpoint may take: see test/apps/chaos.ts. */
const slowMs = 2000;

/**
 * The handlers' counterpart and the customers' endpoints in one server.
 *
 * `POST /handled/<event id>` is a run of a handler, and fails for poison events; `POST /hooks/<kind>` is a delivery to an
 * endpoint that is well, answers after two seconds (`slow`), with 503 (`failing`), or never (`hanging`).
 */
export async function startOutside() {
  const handled = new Set<string>();
  const delivered = new Set<string>();

  function handle(id: string, response: ServerResponse): void {
    if (!id.startsWith('poison')) handled.add(id);
    response.writeHead(id.startsWith('poison') ? 503 : 200).end();
  }

  async function receive(kind: string, id: string, response: ServerResponse): Promise<void> {
    if (kind === 'hanging') return;
    if (kind === 'slow') await pause(slowMs);
    if (kind !== 'failing') delivered.add(id);
    response.writeHead(kind === 'failing' ? 503 : 200).end();
  }

  const server = createServer((request, response) => {
    request.resume();
    const [, kind, rest = ''] = (request.url ?? '').split('/');
    if (kind === 'handled') handle(rest, response);
    else receive(rest, String(request.headers['webhook-id']), response).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    handled,
    delivered,
    close(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}
