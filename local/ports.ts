import { createServer } from 'node:net';
import { LocalAwsError } from './failure.ts';

/** Everything that Hookline starts on a laptop listens on this address only. */
export const host = '127.0.0.1';

/**
 * Checks that a port is free, or chooses one.
 *
 * @param wanted 0 for any free port
 * @param flag the option that chooses this port, for the message
 * @throws LocalAwsError when the port is in use, or may not be used
 */
export function claimPort(wanted: number, flag: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.once('error', (error: NodeJS.ErrnoException) => {
    const problem =
      error.code === 'EADDRINUSE'
        ? 'is in use, perhaps by another npm start'
        : `cannot be used (${error.code})`;
    reject(
      new LocalAwsError(
        `Port ${wanted} ${problem}: free it, or choose another with ${flag} (0: any free one).`,
      ),
    );
  });
  server.listen(wanted, host, () => {
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : wanted;
    server.close(() => resolve(port));
  });
  return promise;
}
