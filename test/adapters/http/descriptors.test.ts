import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  request.resume().on('end', () => response.end());
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

/** Runs a script in a process with a number of descriptors, and reads the JSON that it prints. */
async function run(script: URL, descriptors: number, ...args: readonly string[]): Promise<unknown> {
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const limited = `ulimit -n ${descriptors}; exec "$0" "$@"`;
  const child = spawn('sh', ['-c', limited, process.execPath, fileURLToPath(script), String(port), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  await new Promise((resolve) => child.on('close', resolve));
  return JSON.parse(printed);
}

const manyHosts = new URL('./support/many-hosts-process.ts', import.meta.url);
const noDescriptors = new URL('./support/no-descriptors-process.ts', import.meta.url);

// Windows has no such limit.
describe.skipIf(process.platform !== 'linux')('one process of λ deliver', () => {
  it('one process of λ deliver with 1,024 descriptors delivers to 1,500 hosts that all keep their connections', async () => {
    const { mostOpen, ...ended } = Object(await run(manyHosts, 1_024, '1500'));

    expect(ended).toEqual({ outcome: { 'delivered after 1': 1_500 }, deadLetters: 0 });
    expect(mostOpen).toBeLessThan(150);
  });

  it('one process of λ deliver without a free descriptor closes idle connections; without any it reports its own fault', async () => {
    expect(await run(noDescriptors, 64)).toEqual({
      none: { thrown: 'OwnFaultError', message: 'this function cannot open a connection (EMFILE)' },
      freed: { kind: 'accepted', status: 200 },
    });
  });
});
