import { spawnSync } from 'node:child_process';
import { globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, describe, expect, test } from 'vitest';
import { apiReports } from '../../tools/build-package/api-reports.ts';
import { deployable, NewApp } from './support/new-app.ts';
import { pack, root } from './support/packed.ts';

const packed = pack();
const source = join(root, 'entry/constructs.ts');
const appWithoutHandlers = `
import { App, Stack } from 'aws-cdk-lib';
import { Webhooks } from 'hookline';

new Webhooks(new Stack(new App(), 'Shop'), 'Hooks', { sources: { stripe: { provider: 'stripe' } } });
`;

afterAll(packed.remove, 60_000);
const manifest = JSON.parse(readFileSync(join(packed.folder, 'package.json'), 'utf8'));
const files = globSync('**/*', { cwd: packed.folder, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));

describe('the package', () => {
  test('the package has nothing that publint warns of', async () => {
    const { messages } = await publint({ pkgDir: packed.folder, strict: true });

    expect(messages).toEqual([]);
  });

  test('the package has types for each entry point, wherever ESM can be loaded', async () => {
    const checked = await checkPackage(createPackageFromTarballData(readFileSync(packed.tarball)));

    // Node loads ESM by `require`, too; only TypeScript's oldest resolution finds no entry points.
    const isSeen = (kind: string) => kind !== 'node10' && kind !== 'node16-cjs';
    const problems = checked.types === false ? ['no types'] : checked.problems;
    expect(
      problems.filter(
        (one) => typeof one === 'string' || !('resolutionKind' in one) || isSeen(one.resolutionKind),
      ),
    ).toEqual([]);
  });

  test('the package gives programs what docs/api says: run `npm run api`, and look at what changed', () => {
    const reports = apiReports(root, packed.folder);

    expect([...reports.keys()].sort()).toEqual(readdirSync(join(root, 'docs/api')).sort());
    for (const [name, report] of reports)
      expect(report, name).toBe(readFileSync(join(root, 'docs/api', name), 'utf8'));
  });

  test('the package runs no scripts when it is installed, and leaves the CDK to the app', () => {
    expect(manifest.scripts).toBeUndefined();
    expect(Object.keys(manifest.dependencies)).not.toContain('aws-cdk-lib');
    expect(manifest.peerDependencies).toMatchObject({ 'aws-cdk-lib': '^2.230.0', constructs: '^10.4.3' });
    expect(manifest.exports['.']).toEqual({
      types: './entry/constructs.d.ts',
      default: './entry/constructs.js',
    });
  });

  test('the package has no TypeScript to compile, and nothing of the machine that built it', () => {
    expect(files.filter((file) => /(?<!\.d)\.ts$/.test(file))).toEqual([]);
    expect(files.filter((file) => readFileSync(file).includes(root))).toEqual([]);
  });

  test('the package has what its exports and its command name', () => {
    const named = [...Object.values<{ types: string; default: string }>(manifest.exports), manifest.bin]
      .flatMap((one) => (typeof one === 'string' ? [one] : Object.values<string>(one)))
      .map((file) => resolve(packed.folder, file));

    expect(named.filter((file) => !files.includes(file))).toEqual([]);
    expect(statSync(join(packed.folder, manifest.bin.hookline)).mode & 0o111).toBe(0o111);
  });

  test('the package stays small', () => {
    const unpacked = files.reduce((bytes, file) => bytes + statSync(file).size, 0);
    const [megabytes, packedMegabytes] = [unpacked / 1e6, statSync(packed.tarball).size / 1e6];

    console.log(`The package is ${packedMegabytes.toFixed(1)} MB, unpacked ${megabytes.toFixed(1)} MB.`);
    expect(packedMegabytes).toBeLessThan(2.8);
    expect(megabytes).toBeLessThan(11);
  });

  test.each(Object.keys(manifest.exports).filter((key) => /^\.\/(?!publish|package)/.test(key)))(
    'the package loads no AWS code with %s',
    (key) => {
      expect(
        [...packagesLoadedBy(manifest.exports[key].default)].filter((name) => /aws|constructs/.test(name)),
      ).toEqual([]);
    },
  );
});

const specifiers = /(?:\bfrom|\bimport\(?)\s*['"]([@\w./][\w@/:.-]*)['"]/g;

/** The packages that a file imports, at once or later, by itself or through others of the package. */
function packagesLoadedBy(entry: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(specifiers)) {
      if (specifier.startsWith('.')) visit(resolve(file, '..', specifier));
      else found.add(specifier);
    }
  };
  visit(resolve(packed.folder, entry));
  return new Set([...found].filter((one) => !one.startsWith(packed.folder)));
}

test('the package has the functions that the repository builds from its sources', () => {
  using app = new NewApp();
  app.link(packed.tarball);
  app.write('bin/app.ts', appWithoutHandlers);
  app.write('bin/of-the-repository.ts', appWithoutHandlers.replace("'hookline'", JSON.stringify(source)));

  const [packaged, own] = [app.synth(), app.synth('bin/of-the-repository.ts', root)];

  expect(deployable(packaged).assets).toHaveLength(6);
  expect(deployable(packaged)).toEqual(deployable(own));
});

describe('the command of the package', () => {
  /** @returns milliseconds of processor time */
  function cpuOf(...args: string[]): number {
    const report =
      'process.on("exit",()=>{const{user,system}=process.cpuUsage();console.error("cpu "+(user+system))})';
    const { stderr } = spawnSync(
      process.execPath,
      [
        `--import=data:text/javascript,${encodeURIComponent(report)}`,
        join(packed.folder, 'bin/hookline.js'),
        ...args,
      ],
      { encoding: 'utf8', env: { ...process.env, NODE_COMPILE_CACHE: undefined } },
    );
    return Number(/^cpu (\d+)$/m.exec(stderr)?.[1]) / 1000;
  }

  test.each([
    ['--help', 150],
    ['env', 500],
    ['doctor', 500],
    ['deliveries list', 500],
    ['explain --help', 500],
  ])('the command of the package answers %s within %d ms of processor time', (line, most) => {
    // The least of three, because the processor of a busy machine is slower.
    const spent = Math.min(...[1, 2, 3].map(() => cpuOf(...line.split(' '))));

    console.log(`hookline ${line}: ${Math.round(spent)} ms of processor time.`);
    expect(spent).toBeLessThan(most);
  });
});
