import { text } from 'node:stream/consumers';
import { ownServer } from '../own-requests.ts';
import { host } from '../ports.ts';

/** One request that the endpoint got, and its response. */
export interface Arrival {
  readonly at: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly answered: number;
}

/** A customer's endpoint on a bad day: it responds with these statuses in turn, and repeats the last one. */
export async function startFlakyEndpoint(statuses: readonly number[], onArrival: (arrival: Arrival) => void) {
  const arrivals: Arrival[] = [];
  const server = ownServer(async (request, response) => {
    const body = await text(request);
    const answered = statuses[arrivals.length] ?? statuses.at(-1) ?? 200;
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const arrival = { at: Date.now(), headers, body, answered };
    arrivals.push(arrival);
    response.writeHead(answered).end();
    onArrival(arrival);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://${host}:${port}/hooks`,
    arrivals,
    stop: (): void => {
      server.close();
      server.closeAllConnections();
    },
  };
}
