import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createTcpServer, type Server as NetServer, type Socket } from 'node:net';

/** A receiver on this machine. */
export interface LocalServer extends Disposable {
  readonly port: number;
  readonly url: string;
}

/** A receiver that speaks HTTP. */
export const httpServer = (listener: RequestListener): Promise<LocalServer> =>
  listen(createServer(listener), 'http');

/** A receiver that speaks HTTPS. */
export const httpsServer = (
  certificate: { readonly key: string; readonly cert: string },
  listener: RequestListener,
): Promise<LocalServer> => listen(createSecureServer(certificate, listener), 'https');

/** A receiver that says what it likes. */
export function rawServer(onRequest: (socket: Socket) => void): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => onRequest(socket));
  });
  return listen(server, 'http', () => {
    for (const socket of sockets) socket.destroy();
  });
}

async function listen(
  server: NetServer | Server,
  protocol: string,
  end = () => 'closeAllConnections' in server && server.closeAllConnections(),
): Promise<LocalServer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    url: `${protocol}://127.0.0.1:${port}/hooks`,
    [Symbol.dispose]() {
      server.close();
      end();
    },
  };
}
