import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import repository from '../../package.json' with { type: 'json' };
import { floors } from '../../tools/build-package/manifest.ts';
import { deployable, NewApp } from './support/new-app.ts';
import { pack, root } from './support/packed.ts';

const packed = pack();
const linked = new NewApp();
linked.link(packed.tarball);
afterAll(() => {
  packed.remove();
  linked[Symbol.dispose]();
}, 120_000);
/** What an app deploys; the flow test `package.test.ts` shows that it works. */
const expected = deployable(linked.synth());

const newest = {
  'aws-cdk-lib': repository.dependencies['aws-cdk-lib'],
  constructs: repository.dependencies.constructs,
};
const withVersions = (versions: Readonly<Record<string, string>>): string[] =>
  Object.entries(versions).map(([name, version]) => `${name}@${version}`);

const hasRegistry = spawnSync('npm', ['ping', '--fetch-retries=0', '--fetch-timeout=5000']).status === 0;
if (!hasRegistry) console.log('The package is not installed here, since there is no npm registry.');

describe.skipIf(!hasRegistry)('an empty app that installs the package', () => {
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--silent', '--ignore-scripts'];

  test.each([
    ['npm and the newest CDK', newest],
    ['npm and the oldest CDK', floors],
  ])(
    'an empty app that installs the package with %s deploys the same',
    (_, versions) => {
      using app = new NewApp();
      app.run('npm', 'install', '--save-exact', ...quiet, ...withVersions(versions), packed.tarball);

      app.run('tsc', '--project', '.');
      expect(deployable(app.synth())).toEqual(expected);
      expect(app.run(join(app.folder, 'node_modules/.bin/hookline'), '--help')).toContain('Usage: hookline');
    },
    240_000,
  );

  test('an empty app that installs the package with pnpm deploys the same', () => {
    using app = new NewApp();
    const store = join(root, 'node_modules/.cache/pnpm-store');
    app.run(
      'pnpm',
      'add',
      '--save-exact',
      '--prefer-offline',
      '--ignore-scripts',
      `--store-dir=${store}`,
      ...withVersions(newest),
      packed.tarball,
    );

    app.run('tsc', '--project', '.');
    expect(deployable(app.synth())).toEqual(expected);
    expect(existsSync(join(app.folder, 'node_modules/valibot'))).toBe(false);
  }, 240_000);
});
