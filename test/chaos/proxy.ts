import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { operationOf, passOn } from '../support/worlds/aws-proxy.ts';
import { errorResponse, type Faults, slowMs } from './faults.ts';
import { shortenHiding } from './waits.ts';

/** Stands between the functions and the local AWS, and lets calls meet faults. */
export async function startChaosProxy(faults: Faults) {
  let upstream = '';
  let calls = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const operation = operationOf(request, body);
    const [service = ''] = operation.split('.');
    const fault = faults.next(operation);
    calls++;
    if (fault === 'throttled' || fault === 'failed') return sendError(response, service, fault);
    if (fault === 'slow') await pause(slowMs);
    const passed = await passOn(upstream, request, shortenHiding(operation, body));
    if (fault === 'cut') response.destroy();
    else if (fault === 'lost') sendError(response, service, fault);
    else response.writeHead(passed.status, passed.headers).end(passed.body);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  return {
    url: `http://127.0.0.1:${port}`,
    passOnTo(url: string): void {
      upstream = url;
    },
    calls: (): number => calls,
    close(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}

function sendError(response: ServerResponse, service: string, fault: 'throttled' | 'failed' | 'lost'): void {
  const { status, type, body } = errorResponse(service, fault);
  response.writeHead(status, { 'content-type': type }).end(body);
}
