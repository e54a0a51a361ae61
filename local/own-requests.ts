import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { host } from './ports.ts';

const ownHosts: ReadonlySet<string> = new Set([host, 'localhost', '[::1]']);
const ownSites: ReadonlySet<string> = new Set(['none', 'same-origin']);

/**
 * Explains why a request is not from a program of this machine: pages in the user's browser reach servers here, too.
 *
 * The `Host` is checked because of DNS rebinding. `run-emulator.py` has the same rule for the emulator.
 *
 * @returns undefined when it is from a program
 */
function foreignRequest({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const [, name = ''] = /^(.*?)(?::\d{1,5})?$/.exec(headers.host?.toLowerCase() ?? '') ?? [];
  if (!ownHosts.has(name)) return `its Host header is not a name of this server; use ${host}`;
  if (headers.origin !== undefined) return 'it has an Origin, so a page in a browser sent it';
  const site = headers['sec-fetch-site'];
  if (site !== undefined && !ownSites.has(String(site).toLowerCase()))
    return 'a page of another site sent it (Sec-Fetch-Site)';
  return undefined;
}

/** An HTTP server for programs of this machine; it answers 403 to everything else, upgrades included. */
export function ownServer(listener: RequestListener): Server {
  return createServer({ requireHostHeader: false }, (request, response) => {
    const reason = foreignRequest(request);
    if (reason === undefined) return listener(request, response);
    response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(`Refused: ${reason}.\n`);
  });
}
