import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { versions } from '../../../cli/init/new-app.ts';
import about from '../../../package.json' with { type: 'json' };
import { runCli } from '../../support/cli/run-cli.ts';

const shop = {
  'cdk.json': '{ "app": "npx tsc && npx tsx bin/shop.ts" }',
  'package.json':
    '{\n    "name": "shop",\n    "dependencies": { "zod": "4.0.0", "aws-cdk-lib": "^2.200.0" },\n    "devDependencies": { "jest": "30.0.0" }\n}\n',
  'tsconfig.json': '{ "compilerOptions": { /* as cdk init writes it */ "module": "NodeNext" } }',
  'bin/shop.ts': `#!/usr/bin/env node
import * as cdk from 'aws-cdk-lib/core';
import {
  ShopStack,
} from '../lib/shop-stack';

const shopApp: cdk.App = new cdk.App({ context: { a: 1 } });
new ShopStack(shopApp, 'Shop', { description: "the shop's import" });

shopApp.synth();
`,
};

/** A folder with files, until it is disposed of. */
function folderWith(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-init-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return {
    folder,
    read: (path: string): string => readFileSync(join(folder, path), 'utf8'),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

it('init adds an import, a stack, handlers, a test and the dependency to a CDK app', async () => {
  using app = folderWith(shop);

  const { code, stdout } = await runCli('init', app.folder, '--yes', '--source', 'orders=shopify');

  expect([code, stdout]).toEqual([0, expect.stringContaining('npx hookline send orders')]);
  expect(app.read('bin/shop.ts')).toMatch(
    /from '..\/lib\/shop-stack';\nimport { WebhookStack } from 'hookline';\n\nconst/,
  );
  expect(app.read('bin/shop.ts')).toMatch(/new WebhookStack\(shopApp, [\s\S]+}\);\n\nshopApp\.synth\(\);\n$/);
  expect(app.read('webhooks/handlers.ts')).toContain("orders: defineHandlers('shopify', {");
  expect(app.read('test/webhooks.test.ts')).toContain("from '../webhooks/handlers';");
  expect(app.read('package.json')).toBe(
    shop['package.json']
      .replace(
        /"dependencies": .*,/,
        `"dependencies": {\n        "aws-cdk-lib": "^2.200.0",\n        "hookline": "^${about.version}",\n        "zod": "4.0.0"\n    },`,
      )
      .replace('{ "jest": "30.0.0" }', '{\n        "jest": "30.0.0"\n    }'),
  );
});

it.each([
  ['double quotes', '"', { 'bin/shop.ts': 'import { App } from "aws-cdk-lib";\nconst app = new App();\n' }],
  ['single quotes', "'", { 'bin/shop.ts': "import { App } from 'aws-cdk-lib';\nconst app = new App();\n" }],
])('init writes the %s of the entry file', async (_name, quote, files) => {
  using app = folderWith({ ...shop, ...files });

  await runCli('init', app.folder, '--yes');

  expect(app.read('bin/shop.ts')).toContain(`from ${quote}hookline${quote};`);
  expect(app.read('bin/shop.ts')).toContain(`provider: ${quote}stripe${quote}`);
});

it('init lets Jest load ES modules', async () => {
  using app = folderWith({
    ...shop,
    'package.json': '{"scripts":{"test":"jest","build":"tsc"},"devDependencies":{"jest":"30.0.0"}}',
  });

  await runCli('init', app.folder, '--yes');

  const { scripts } = JSON.parse(app.read('package.json'));
  expect(scripts).toEqual({ test: expect.stringContaining('--experimental-vm-modules'), build: 'tsc' });
});

it('init writes imports with .js in a project of ES modules, and the test for vitest', async () => {
  using app = folderWith({
    ...shop,
    'package.json': '{"type":"module","devDependencies":{"vitest":"4.0.0"}}',
  });

  await runCli('init', app.folder, '--yes');

  expect(app.read('test/webhooks.test.ts')).toContain("from '../webhooks/handlers.js';");
  expect(app.read('test/webhooks.test.ts')).toContain("import { expect, test } from 'vitest';");
});

it('init shows a patch that git can apply, and writes nothing with --dry-run', async () => {
  using app = folderWith(shop);

  const { code, stdout } = await runCli('init', app.folder, '--dry-run');

  expect(code).toBe(0);
  expect(stdout).toContain('--- a/bin/shop.ts\n+++ b/bin/shop.ts\n@@ ');
  expect(stdout).toContain('--- /dev/null\n+++ b/webhooks/handlers.ts\n@@ ');
  expect(app.read('bin/shop.ts')).toBe(shop['bin/shop.ts']);
});

it('init --json prints what it would write, and then what it has written', async () => {
  using app = folderWith(shop);
  const files = ['bin/shop.ts', 'webhooks/handlers.ts', 'test/webhooks.test.ts', 'package.json'];

  const planned = await runCli('init', app.folder, '--json', '--dry-run');
  const written = await runCli('init', app.folder, '--json', '--yes');

  expect(JSON.parse(planned.stdout)).toMatchObject({
    files,
    patch: expect.stringContaining('+++ b/bin/shop.ts'),
  });
  expect(JSON.parse(written.stdout)).toMatchObject({ files, next: expect.arrayContaining(['npm install']) });
});

it('init makes a new app in an empty folder, with the versions that this project is tested with', async () => {
  using parent = folderWith({});

  const { code } = await runCli(
    'init',
    join(parent.folder, 'My Hooks'),
    '--yes',
    '--package',
    'file:../h.tgz',
  );

  expect(code).toBe(0);
  const { name, dependencies, devDependencies } = JSON.parse(parent.read('My Hooks/package.json'));
  const tested = { ...about.dependencies, ...about.devDependencies };
  expect(name).toBe('my-hooks');
  expect(dependencies).toMatchObject({ hookline: 'file:../h.tgz' });
  expect(tested).toMatchObject(versions);
  expect({ ...dependencies, ...devDependencies }).toMatchObject(versions);
  expect(parent.read('My Hooks/bin/webhooks.ts')).toContain('new WebhookStack(app, ');
});

it.each([
  ['files without cdk.json', { 'a.txt': '' }, /has files, but no cdk\.json/],
  [
    'an app in Python',
    { ...shop, 'cdk.json': '{"app":"python3 app.py"}' },
    /'python3 app.py', which names no TypeScript/,
  ],
  ['cdk.json without an app', { ...shop, 'cdk.json': '{}' }, /^cdk\.json: .*app/],
  ['broken JSON', { ...shop, 'package.json': '{' }, /^package\.json: /],
  [
    'an entry without an App',
    { ...shop, 'bin/shop.ts': 'run();\n' },
    /Add these lines yourself:\n\nimport { WebhookStack }/,
  ],
  [
    'Hookline already',
    { ...shop, 'bin/shop.ts': "import { WebhookStack } from 'hookline';" },
    /imports hookline already/,
  ],
  ['a file of that name', { ...shop, 'webhooks/handlers.ts': '' }, /webhooks\/handlers\.ts exists already/],
  ['a missing entry', { 'cdk.json': shop['cdk.json'], 'package.json': '{}' }, /bin\/shop\.ts cannot be read/],
])('init refuses a folder with %s, and writes nothing', async (_name, files, message) => {
  using app = folderWith(files);

  const { code, stderr } = await runCli('init', app.folder, '--yes');

  expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  for (const [path, text] of Object.entries(files)) expect(app.read(path)).toBe(text);
});

it.each([
  ['Stripe', /lower-case letters/],
  ['pay=stripes', /'stripes' is not a provider/],
])('init refuses the source %s', async (source, message) => {
  const { code, stderr } = await runCli('init', '--source', source);

  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});
