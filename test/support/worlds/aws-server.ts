import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** What a call is answered with; `hang` never answers. */
export type AwsAnswer = 'hang' | { readonly status?: number; readonly body: object };

/** A call that reached the server. */
export interface AwsCall {
  /** E.g. `GetSecretValue`, `SendMessageBatch`. */
  readonly action: string;
  readonly input: unknown;
}

/**
 * A server that speaks AWS's JSON protocol, for what the real clients do on the wire: bounds, retries, error shapes.
 *
 * @param answer decides about each call
 */
export async function startAws(answer: (call: AwsCall) => AwsAnswer) {
  const calls: AwsCall[] = [];
  const send = (response: ServerResponse, { status = 200, body }: Exclude<AwsAnswer, 'hang'>) =>
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
  const server = createServer(async (request, response) => {
    const action = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    const call = { action, input: JSON.parse(await text(request)) };
    calls.push(call);
    const decided = answer(call);
    if (decided !== 'hang') send(response, decided);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
