import { text } from 'node:stream/consumers';
import { ownServer } from './own-requests.ts';
import { plainLine } from './plain-text.ts';
import { host } from './ports.ts';

/**
 * A customer's server to try endpoints with. It prints each request and responds with the status that the path begins with:
 * http://127.0.0.1:3000/200/billing accepts everything, http://127.0.0.1:3000/410/old wants no more events.
 *
 * @param wanted its port; 0 for any that is free
 */
export function startReceiver(wanted: number): void {
  const server = ownServer(async (request, response) => {
    const { url = '', headers } = request;
    const [, status = '200'] = /^\/([2-5]\d\d)(?:\/|$)/.exec(url) ?? [];
    const body = await text(request);
    const time = new Date().toISOString().slice(11, 19);
    const sender = String(headers['webhook-id'] ?? headers['user-agent'] ?? '–');
    console.log(
      [time, status, ...[url, sender, body].map((part) => plainLine(part.slice(0, 200)))].join('  '),
    );
    response.writeHead(Number(status)).end();
  });
  server.on('error', (error) => {
    console.error(`It cannot listen on port ${wanted}: ${error.message}; try --port 3001`);
    process.exitCode = 1;
  });
  server.listen(wanted, host, () => {
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : wanted;
    console.log(
      `Endpoints at http://${host}:${port}/200/…, or with another status in the path. Ctrl-C ends it.`,
    );
  });
}
