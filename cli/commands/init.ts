import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import * as v from 'valibot';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import { SourceSettings } from '../../lambdas/domain/source.ts';
import about from '../../package.json' with { type: 'json' };
import type { FirstSource } from '../init/app-files.ts';
import { type Change, patchOf } from '../init/changes.ts';
import { changesToApp } from '../init/existing-app.ts';
import { newApp } from '../init/new-app.ts';
import { confirmed } from '../terminal/confirm.ts';
import { RefusedError } from '../terminal/errors.ts';
import { print } from '../terminal/print.ts';
import { counted } from '../terminal/table.ts';

interface Options {
  readonly source: FirstSource;
  readonly package?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `hookline init`: adds Hookline to a CDK app, or makes a new one, after it has shown the changes. */
export function defineInit(command: Command): void {
  command
    .argument('[folder]', 'a CDK app in TypeScript, or the folder of a new one', '.')
    .option(
      '--source <name=provider>',
      'the first source, e.g. shop=shopify',
      parseSource,
      parseSource('stripe'),
    )
    .option('--package <spec>', 'what package.json gets for hookline, e.g. a tarball (default: this version)')
    .option('--dry-run', 'show the changes as a patch, and write nothing')
    .option('--yes', 'write without asking')
    .action((folder: string) => init(resolve(folder), command.optsWithGlobals()));
}

async function init(folder: string, { source, dryRun, yes, json, ...options }: Options): Promise<void> {
  const changes = changesIn(folder, source, options.package ?? `^${about.version}`);
  const paths = changes.map(({ path }) => path);
  const patch = patchOf(changes);
  if (dryRun) return print({ json }, { folder, files: paths, patch }, patch);
  if (!json) console.log(patch);
  const files = counted(changes.length, 'file');
  if (!yes && !(await confirmed(`Write these ${files} in ${folder}?`)))
    throw new RefusedError('Nothing was written. Pass --yes to write without a question.');
  for (const { path, after } of changes) write(join(folder, path), after);
  const next = nextSteps(folder, source);
  print({ json }, { folder, files: paths, next }, `Written. Next:\n\n${next.join('\n')}`);
}

function changesIn(folder: string, source: FirstSource, version: string): readonly Change[] {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name !== '.git') : [];
  if (files.includes('cdk.json')) return changesToApp(folder, source, version);
  if (files.length === 0) return newApp(appName(folder), source, version);
  throw new RefusedError(
    `${folder} has files, but no cdk.json. Run this in the folder of a CDK app, or name a new folder: npx hookline init webhooks`,
  );
}

/** What npm allows as a name. */
const appName = (folder: string): string =>
  basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'webhooks';

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function nextSteps(folder: string, { name }: FirstSource): readonly string[] {
  const here = relative(process.cwd(), folder);
  return [
    ...(here === '' ? [] : [`cd ${here}`]),
    'npm install',
    'npx hookline start               # deploys the app into an AWS on this machine',
    `npx hookline send ${name}         # in a second terminal: a signed event`,
  ];
}

/** @throws InvalidArgumentError, which commander prints */
function parseSource(text: string): FirstSource {
  const [name = '', provider = name] = text.split('=');
  if (!v.is(SourceSettings.entries.name, name))
    throw new InvalidArgumentError(
      'The name has 1 to 40 lower-case letters, digits and hyphens, a letter first.',
    );
  const isKnown = (slug: string): slug is keyof typeof catalogue => Object.hasOwn(catalogue, slug);
  if (isKnown(provider)) return { name, provider };
  throw new InvalidArgumentError(
    `'${provider}' is not a provider that Hookline knows. Choose one of ${Object.keys(catalogue).join(', ')}.`,
  );
}
