import { createServer, type ServerResponse } from 'node:http';
import { onLoopback } from '../../support/loopback-server.ts';

/**
 * Lets each test file into its lanes: `GET /inbound/outbound` is answered when both lanes are free, and has them until its
 * connection is closed.
 */
export async function startLaneKeeper(): Promise<{ readonly url: string; close(): void }> {
  const taken = new Set<string>();
  const waiting = new Set<{ readonly lanes: readonly string[]; readonly response: ServerResponse }>();

  function admit(): void {
    for (const one of waiting) {
      const { lanes, response } = one;
      if (lanes.some((lane) => taken.has(lane))) continue;
      waiting.delete(one);
      for (const lane of lanes) taken.add(lane);
      response.on('close', () => {
        for (const lane of lanes) taken.delete(lane);
        admit();
      });
      response.writeHead(200).flushHeaders();
    }
  }

  const server = createServer(({ url = '' }, response) => {
    const one = { lanes: url.split('/').slice(1).map(decodeURIComponent), response };
    response.on('close', () => waiting.delete(one));
    waiting.add(one);
    admit();
  });
  return onLoopback(server);
}
