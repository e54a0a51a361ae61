import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { existingEndpoint, ownEndpointVariable } from '../../local/existing-endpoint.ts';
import { claimPort } from '../../local/ports.ts';

test('an emulator is started without AWS_ENDPOINT_URL', async () => {
  expect(await existingEndpoint({})).toBeUndefined();
  expect(await existingEndpoint({ AWS_ENDPOINT_URL: '' })).toBeUndefined();
});

test('an endpoint that responds in any way is used', async () => {
  const server = createServer((_request, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;

  expect(await existingEndpoint({ AWS_ENDPOINT_URL: url, AWS_CA_BUNDLE: '/ca.pem' })).toEqual({
    url,
    caFile: '/ca.pem',
  });
  server.closeAllConnections();
  server.close();
});

test('an endpoint that does not respond is an error with what to do', async () => {
  const url = `http://127.0.0.1:${await claimPort(0, '--port')}`;

  await expect(existingEndpoint({ AWS_ENDPOINT_URL: url })).rejects.toThrow(
    `AWS_ENDPOINT_URL is ${url}, but nothing responds there: unset it to start an emulator, or start the endpoint that it names.`,
  );
  await expect(existingEndpoint({ AWS_ENDPOINT_URL: 'nonsense' })).rejects.toThrow(
    /^AWS_ENDPOINT_URL is nonsense/,
  );
});

test('the variables of an earlier hookline env do not prevent the start of an emulator', async () => {
  const url = 'http://127.0.0.1:4566';

  expect(await existingEndpoint({ AWS_ENDPOINT_URL: url, [ownEndpointVariable]: url })).toBeUndefined();
});
