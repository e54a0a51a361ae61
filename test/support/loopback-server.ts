import { once } from 'node:events';
import type { Server } from 'node:http';

/** Lets a server listen on a free port of 127.0.0.1. @returns its URL, and what ends it with all its connections */
export async function onLoopback(server: Server): Promise<{ readonly url: string; close(): void }> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
