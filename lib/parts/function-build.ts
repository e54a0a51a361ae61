import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { SettingsError } from '../settings-error.ts';

const root = resolve(import.meta.dirname, '../..');
const lambdas = join(root, 'lambdas');

const entries = {
  receive: join(lambdas, 'inbound/receive.lambda.ts'),
  consume: join(lambdas, 'inbound/consume.lambda.ts'),
  measure: join(lambdas, 'inbound/measure.lambda.ts'),
  publish: join(lambdas, 'outbound/publish/publish.lambda.ts'),
  deliver: join(lambdas, 'outbound/deliver/deliver.lambda.ts'),
  sweep: join(lambdas, 'outbound/sweep/sweep.lambda.ts'),
  management: join(lambdas, 'management/management.lambda.ts'),
} as const;
/** A function is named after its entry. */
export type FunctionName = keyof typeof entries;

/** What handlers import from `hookline/handlers`. The consumer and the handlers share one copy of it. */
const handlersEntry = join(root, 'entry/handlers.ts');
const noHandlers = join(import.meta.dirname, 'no-handlers.ts');

/** In the package, the parts of the functions that were built with it. The repository has none and builds them. */
const prebuilt = join(root, 'functions');
const prebuiltParts = join(prebuilt, 'parts');
const outputsFile = 'outputs.json';

/** The functions' code does not build; the message is the compiler's. */
class BundleError extends Error {
  override name = 'BundleError' as const;
}

const Outputs = v.record(
  v.string(),
  v.object({
    entryPoint: v.optional(v.string()),
    exports: v.optional(v.array(v.string()), []),
    imports: v.optional(v.array(v.object({ path: v.string() })), []),
  }),
);
/** What esbuild says of each file that it made, by the file's name. */
export type Outputs = v.InferOutput<typeof Outputs>;

/** The parts of all functions and of the handlers, in one folder, to be linked. */
export interface Build {
  readonly directory: string;
  readonly outputs: Outputs;
}

/** Builds by registry; one build serves all stacks of an app. */
const builds = new Map<string, Build>();

/**
 * Builds the functions' parts with the handlers of an app, by one esbuild call per process and registry. The package has
 * all parts but the handlers.
 *
 * @param registry the file that exports the team's `handlers`; without one there are none
 * @throws BundleError; SettingsError when the registry does not exist or exports no `handlers`
 */
export function buildWith(registry: string | undefined): Build {
  const known = builds.get(registry ?? '');
  if (known !== undefined) return known;
  if (registry !== undefined && !existsSync(registry))
    throw new SettingsError(`handlersRegistry: the file ${registry} does not exist`);

  const directory = newFolder(registry);
  const outputs = existsSync(prebuiltParts)
    ? fromPrebuilt(directory, registry)
    : runBuild(directory, { ...entries, handlers: handlersEntry, registry: registry ?? noHandlers });
  if (outputs['registry.mjs']?.exports.includes('handlers') !== true)
    throw new SettingsError(`handlersRegistry: the file ${registry} does not export 'handlers'`);
  const build = { directory, outputs };
  builds.set(registry ?? '', build);
  return build;
}

/** The folder of a function that the package has ready, because nothing of an app goes into it. */
export function prebuiltFunction(name: FunctionName): string | undefined {
  const folder = join(prebuilt, name);
  return existsSync(folder) ? folder : undefined;
}

function fromPrebuilt(directory: string, registry: string | undefined): Outputs {
  cpSync(prebuiltParts, directory, { recursive: true });
  const outputs = v.parse(Outputs, JSON.parse(readFileSync(join(directory, outputsFile), 'utf8')));
  return registry === undefined ? outputs : { ...outputs, ...runBuild(directory, { registry }) };
}

/** The folder is in the project, so that source maps have the same paths, and assets the same hashes, on every machine. */
function newFolder(registry: string | undefined): string {
  const cache = join(projectOf(registry), 'node_modules/.cache/hookline');
  mkdirSync(cache, { recursive: true });
  removeOldBuilds(cache);
  const directory = mkdtempSync(join(cache, 'bundle-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The nearest folder above the handlers, or above where the app runs, that has a `package.json`. */
function projectOf(registry: string | undefined): string {
  let folder = registry === undefined ? process.cwd() : dirname(registry);
  while (!existsSync(join(folder, 'package.json'))) {
    if (dirname(folder) === folder) return tmpdir();
    folder = dirname(folder);
  }
  return folder;
}

/** Removes folders that killed processes left behind. */
function removeOldBuilds(cache: string): void {
  const anHourAgo = Date.now() - 3_600_000;
  for (const name of readdirSync(cache)) {
    const directory = join(cache, name);
    const { mtimeMs } = statSync(directory, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (mtimeMs < anHourAgo) rmSync(directory, { recursive: true, force: true });
  }
}

function runBuild(directory: string, files: Readonly<Record<string, string>>): Outputs {
  const script = join(import.meta.dirname, `bundle-functions${extname(import.meta.filename)}`);
  const named = Object.entries(files).map(([name, file]) => `${name}=${file}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, directory, ...named], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new BundleError(`the functions do not build:\n${stderr}`);
  const outputs = Object.entries(v.parse(Outputs, JSON.parse(stdout)));
  // Compares names only, since the paths differ if a folder is a link.
  return Object.fromEntries(outputs.map(([path, output]) => [basename(path), output]));
}
