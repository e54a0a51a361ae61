import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { onLoopback } from '../../support/loopback-server.ts';

/** What a handler must do with the event that it reports. */
export type Behaviour = 'succeed' | 'throw' | 'permanent' | 'exit' | 'hang';

/** One run of a handler, as the handler saw it. */
export interface HandlerCall {
  readonly source: string;
  readonly id: string;
  readonly type: string;
  readonly attempt: number;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * The handlers' counterpart in the flow tests: every handler reports its event here first and does what the answer says.
 *
 * `POST /calls` reports and is answered with a behaviour; `PUT /behaviours/<event id>` sets the behaviours of its next
 * runs (the last one stays); `GET /calls/<event id>` lists its runs.
 */
export async function startSink(): Promise<{ readonly url: string; close(): void }> {
  const calls = new Map<string, HandlerCall[]>();
  const behaviours = new Map<string, Behaviour[]>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const id = decodeURIComponent((request.url ?? '').split('/')[2] ?? '');
    if (request.method === 'GET') {
      response.end(JSON.stringify(calls.get(id) ?? []));
    } else if (request.method === 'PUT') {
      behaviours.set(id, JSON.parse(await text(request)));
      response.end();
    } else {
      const call: HandlerCall = JSON.parse(await text(request));
      const runs = calls.get(call.id) ?? [];
      calls.set(call.id, [...runs, call]);
      const script = behaviours.get(call.id) ?? [];
      response.end(script[runs.length] ?? script.at(-1) ?? 'succeed');
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  return onLoopback(server);
}
