import { execFileSync, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './packed.ts';

const files = {
  'package.json': JSON.stringify({ name: 'shop', version: '1.0.0', private: true, type: 'module' }),
  'cdk.json': JSON.stringify({ app: 'node bin/app.ts' }),
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'ES2022',
      module: 'NodeNext',
      strict: true,
      noEmit: true,
      // The types of the package are checked, too.
      skipLibCheck: false,
      types: ['node'],
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: ['bin', 'src'],
  }),
  'bin/app.ts': `
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Webhooks } from 'hookline';

const app = new App();
const env = { account: process.env['CDK_DEFAULT_ACCOUNT'], region: process.env['CDK_DEFAULT_REGION'] };
const stack = new Stack(app, 'Shop', { env });
new Webhooks(stack, 'Hooks', {
  sources: {
    stripe: { provider: 'stripe', handlerEnvironment: { SINK_URL: app.node.tryGetContext('sink') ?? 'http://127.0.0.1:9' } },
  },
  handlersRegistry: 'src/webhooks.ts',
  outbound: { retrySchedule: 'short' },
  dataRemoval: RemovalPolicy.DESTROY,
});
`,
  'src/webhooks.ts': `
import { defineHandlers, PermanentFailure } from 'hookline/handlers';

export const handlers = {
  stripe: defineHandlers('stripe', {
    'invoice.paid': async (event, { log }) => {
      log.info('invoice.seen', { id: event.id });
      const response = await fetch(\`\${process.env['SINK_URL']}/\${event.id}\`, { method: 'POST' });
      if (response.status === 410) throw new PermanentFailure('the sink is gone');
    },
  }),
};
`,
};

/** Node 24 first on the path, as in the scripts of the repository. */
export const pathWithNode = `${join(root, 'node_modules/.bin')}:${process.env['PATH']}`;
const env = { ...process.env, PATH: pathWithNode };

/** The app of a team, in a folder of its own: one source with a handler, and sending. */
export class NewApp implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'hookline-app-'));

  constructor() {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(join(this.folder, dirname(file)), { recursive: true });
      writeFileSync(join(this.folder, file), text);
    }
  }

  /** Unpacks the package, and links what it needs to the repository's copies: an installation without a network. */
  link(tarball: string): void {
    const modules = join(this.folder, 'node_modules');
    mkdirSync(join(modules, 'hookline'), { recursive: true });
    execFileSync('tar', ['-xzf', tarball, '-C', join(modules, 'hookline'), '--strip-components=1']);
    const { dependencies }: { dependencies: object } = JSON.parse(
      readFileSync(join(modules, 'hookline/package.json'), 'utf8'),
    );
    for (const name of ['aws-cdk', 'aws-cdk-lib', 'constructs', ...Object.keys(dependencies)]) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    }
  }

  /** @throws Error with what the command printed */
  run(command: string, ...args: readonly string[]): string {
    return execFileSync(command, args, { cwd: this.folder, env, encoding: 'utf8', stdio: 'pipe' });
  }

  write(file: string, content: string): void {
    writeFileSync(join(this.folder, file), content);
  }

  /**
   * Synthesises the app as the CDK's command line does.
   *
   * @param file of another app
   * @param cwd of another project
   * @returns the folder of the assembly
   * @throws Error with what the app printed
   */
  synth(file = 'bin/app.ts', cwd = this.folder): string {
    const outdir = mkdtempSync(join(this.folder, 'cdk.out-'));
    const { status, stderr } = spawnSync(process.execPath, [join(this.folder, file)], {
      cwd,
      encoding: 'utf8',
      env: { ...env, CDK_OUTDIR: outdir },
    });
    if (status !== 0) throw new Error(`the app does not synthesise:\n${stderr}`);
    return outdir;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What is deployed: the template, which has the hashes of the functions' code, and the names of the assets. */
export const deployable = (assembly: string) => ({
  template: JSON.parse(readFileSync(join(assembly, 'Shop.template.json'), 'utf8')),
  assets: readdirSync(assembly).filter((name) => name.startsWith('asset.')),
});
