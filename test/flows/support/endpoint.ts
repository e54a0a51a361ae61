import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** One request that an endpoint got. */
export interface EndpointRequest {
  readonly at: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Responds to the nth request, counted from 1. */
export type Answer = (
  response: ServerResponse,
  nth: number,
  request: IncomingMessage,
) => void | Promise<void>;

/** A customer's endpoint on this machine that remembers what it got. */
export async function startEndpoint(answer: Answer) {
  const requests: EndpointRequest[] = [];
  const server = createServer((request, response) => {
    const at = Date.now();
    response.on('error', () => undefined);
    void text(request)
      .then((body) => {
        requests.push({
          at,
          path: request.url ?? '',
          headers: request.headers as Record<string, string>,
          body,
        });
        return answer(response, requests.length, request);
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the endpoint has no port');
  return {
    url: `http://127.0.0.1:${address.port}/hooks`,
    requests,
    [Symbol.dispose](): void {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Answers with these statuses, in order; the last one stays. */
export const statuses =
  (...codes: readonly number[]): Answer =>
  (response, nth) => {
    response.writeHead(codes[nth - 1] ?? codes.at(-1) ?? 500).end();
  };
