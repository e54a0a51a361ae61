import { execFileSync, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const tool = resolve(root, 'bin', 'hookline.ts');

/** Prints the packages whose files the process loads, at its end, on standard error. */
const reportPackages = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  const packages = new Set();
  registerHooks({
    load(url, context, next) {
      const [, name] = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url) ?? [];
      if (name) packages.add(name);
      return next(url, context);
    },
  });
  process.on('exit', () => console.error(JSON.stringify([...packages])));
`)}`;

/** @returns the packages that a run of the tool loads */
function packagesOf(...args: readonly string[]): readonly string[] {
  const run = spawnSync('node', ['--import', reportPackages, tool, ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return JSON.parse(run.stderr);
}

it('hookline --help loads nothing but the command line parser', () => {
  expect(packagesOf('--help')).toEqual(['commander']);
});

it.each(['dlq list', 'send', 'doctor'])(
  'hookline %s starts without the CDK, which takes longer to load than all else',
  (command) => {
    expect(packagesOf(...command.split(' '), '--help')).not.toContain('aws-cdk-lib');
  },
);

it('the help of a command is whole although the others are not loaded', () => {
  const help = execFileSync('node', [tool, 'help', 'dlq'], { cwd: root, encoding: 'utf8' });

  for (const name of ['list', 'show', 'redrive', 'drop']) expect(help).toContain(`\n  ${name}`);
});
