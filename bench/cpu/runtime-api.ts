import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { onLoopback } from '../../test/support/loopback-server.ts';

/** The answer of one invocation. */
export interface Invoked {
  readonly isError: boolean;
  readonly answer: unknown;
}

/**
 * The Runtime API of one process of a function.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function startRuntimeApi(timeoutSeconds: number) {
  let invocations = 0;
  let done: ((invoked: Invoked) => void) | undefined;
  /** Resolves when the process asks for an event. */
  let asking = Promise.withResolvers<ServerResponse>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') return asking.resolve(response);
    const parsed: unknown = JSON.parse(await text(request));
    response.writeHead(202).end();
    done?.({ isError: request.url?.endsWith('/error') === true, answer: parsed });
  }

  const { url, close } = await onLoopback(
    createServer((request, response) => void answer(request, response)),
  );
  return {
    /** The address, as the process finds it in `AWS_LAMBDA_RUNTIME_API`. */
    host: new URL(url).host,
    close,
    isAskedFirst: asking.promise,
    /** Hands out an event. Called again only after the answer. */
    async invoke(event: object): Promise<Invoked> {
      const response = await asking.promise;
      asking = Promise.withResolvers();
      const answered = Promise.withResolvers<Invoked>();
      done = answered.resolve;
      response.writeHead(200, {
        'content-type': 'application/json',
        'lambda-runtime-aws-request-id': `invocation-${++invocations}`,
        'lambda-runtime-deadline-ms': Date.now() + timeoutSeconds * 1000,
      });
      response.end(JSON.stringify(event));
      return answered.promise;
    },
  };
}
