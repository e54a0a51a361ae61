import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { claimPort } from '../../local/ports.ts';

test('the port 0 selects a free port', async () => {
  expect(await claimPort(0, '--port')).toBeGreaterThan(1023);
});

test('a port in use is reported in one line, with the flag that chooses another', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');

  await expect(claimPort(address.port, '--metrics-port')).rejects.toThrow(
    `Port ${address.port} is in use, perhaps by another npm start: free it, or choose another with --metrics-port (0: any free one).`,
  );
  server.close();
});
