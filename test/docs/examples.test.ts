import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { signed } from '../../entry/testing.ts';
import { projectRoot } from '../../local/project-root.ts';
import { writeExamples } from './support/doc-examples.ts';

/** In the project, so that the examples find the types of Node. */
function exampleDirectory(page: string): string {
  const parent = join(projectRoot, '.local');
  mkdirSync(parent, { recursive: true });
  const directory = mkdtempSync(join(parent, 'examples-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  writeExamples(page, directory);
  return directory;
}

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
};
const compiled = (directory: string) =>
  run(join(projectRoot, 'node_modules/typescript/bin/tsc'), '-p', directory);

afterAll(() => {
  vi.unstubAllEnvs();
});

describe('the examples of docs/testing-your-handlers.md', () => {
  const directory = exampleDirectory('testing-your-handlers.md');

  it('compile', () => {
    expect(compiled(directory)).toEqual({ status: 0, output: '' });
  });

  it('pass under node:test', () => {
    const { status, output } = run('--test', `${directory}/*.test.ts`);

    expect(output).toMatch(/# pass 4\n|ℹ pass 4\n/);
    expect(status).toBe(0);
  });
});

describe('the examples of docs/verify.md', () => {
  const directory = exampleDirectory('verify.md');

  it('compile', () => {
    expect(compiled(directory)).toEqual({ status: 0, output: '' });
  });

  it('verify on a fetch-style server', async () => {
    const request = signed.stripe('invoice.paid');
    vi.stubEnv('STRIPE_SECRET', request.secret);
    const lines = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const { POST }: { POST(request: Request): Promise<Response> } = await import(
      join(directory, 'fetch-style.ts')
    );

    expect((await POST(request.toRequest())).status).toBe(200);
    expect(lines).toHaveBeenCalledWith(expect.stringMatching(/^evt_/), 'invoice.paid');
    expect((await POST(signed.stripe('invoice.paid', {}, { tampered: true }).toRequest())).status).toBe(401);
  });

  it('verify on a server of Node, with two secrets', async () => {
    const request = signed.github('push');
    vi.stubEnv('NEW_SECRET', 'a-new-secret-of-mine');
    vi.stubEnv('OLD_SECRET', request.secret);
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { server }: { server: Server } = await import(join(directory, 'node-style.ts'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
    const send = ({ headers, body }: typeof request) =>
      fetch(url, { method: 'POST', headers, body: new Uint8Array(body) });

    try {
      expect((await send(request)).status).toBe(200);
      expect((await send(signed.github('push', {}, { tampered: true }))).status).toBe(401);
    } finally {
      server.close();
    }
  });
});
