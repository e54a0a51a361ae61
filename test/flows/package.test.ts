import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { projectRoot } from '../../local/project-root.ts';
import { NewApp, pathWithNode } from '../package/support/new-app.ts';
import { pack } from '../package/support/packed.ts';
import { startEndpoint, statuses } from './support/endpoint.ts';
import { eventually } from './support/eventually.ts';
import { describeFlow } from './support/local-stack.ts';

describeFlow('An app that has the package', () => {
  it('an app that has the package runs on the laptop, gets events to its handlers, and sends events to an endpoint', async () => {
    using sink = await startEndpoint(statuses(200));
    using app = newApp(new URL(sink.url).origin);
    const started = hookline(app, 'start', '--strict', '--port', '0', '--metrics-port', '0');
    const printed = started.stdout === null ? '' : text(started.stdout);
    try {
      await untilReady(app, started);

      await succeeds(hookline(app, '--local', 'send', 'stripe', '--type', 'invoice.paid'));
      await succeeds(hookline(app, '--local', 'publish', 'invoice.paid', '--to', `${sink.url}/hooks`));

      const paths = await eventually('both flows', async () => {
        const seen = sink.requests.map(({ path }) => path);
        return seen.length >= 2 && seen.sort();
      });
      expect(paths).toEqual([expect.stringMatching(/^\/evt_/), expect.stringContaining('/hooks')]);
    } finally {
      started.kill('SIGINT');
    }
    expect(await once(started, 'exit')).toEqual([0, null]);
    expect(await printed).toMatch(/Stopped\.\n$/);
  }, 240_000);
});

/** An app that has nothing of the repository but the emulator, so that this needs no network. */
function newApp(sink: string): NewApp {
  const packed = pack();
  const app = new NewApp();
  app.link(packed.tarball);
  packed.remove();
  app.write('cdk.json', JSON.stringify({ app: 'node bin/app.ts', context: { sink } }));
  mkdirSync(join(app.folder, '.local'));
  symlinkSync(join(projectRoot, '.local/venv'), join(app.folder, '.local/venv'));
  return app;
}

function hookline(app: NewApp, ...args: readonly string[]): ChildProcess {
  const command = join(app.folder, 'node_modules/hookline/bin/hookline.js');
  const { AWS_ENDPOINT_URL: _, ...own } = process.env;
  return spawn(process.execPath, [command, ...args], {
    cwd: app.folder,
    env: { ...own, PATH: pathWithNode },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function succeeds(command: ChildProcess): Promise<void> {
  expect(await once(command, 'exit')).toEqual([0, null]);
}

async function untilReady(app: NewApp, started: ChildProcess): Promise<void> {
  await eventually(
    'the start',
    async () => {
      if (started.exitCode !== null) throw new Error(`hookline start ended with ${started.exitCode}`);
      return existsSync(join(app.folder, '.local/outputs.json'));
    },
    { seconds: 150 },
  );
}
