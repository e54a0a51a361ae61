import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { AssetHashType } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import * as v from 'valibot';
import type { SourceSettings } from '../../lambdas/domain/source.ts';
import { SettingsError } from '../settings-error.ts';
import { isUnusedProviderCode } from './provider-code.ts';

const lambdas = resolve(import.meta.dirname, '../../lambdas');
const shippedRegistry = join(lambdas, 'handlers/registry.ts');
const cache = resolve(import.meta.dirname, '../../node_modules/.cache/hookline');

const entries = {
  receive: 'inbound/receive.lambda.ts',
  consume: 'inbound/consume.lambda.ts',
  measure: 'inbound/measure.lambda.ts',
  publish: 'outbound/publish/publish.lambda.ts',
  deliver: 'outbound/deliver/deliver.lambda.ts',
  sweep: 'outbound/sweep/sweep.lambda.ts',
  management: 'management/management.lambda.ts',
} as const;
/** A function is named after its entry. */
export type FunctionName = keyof typeof entries;

/** The functions' code does not build; the message is the compiler's. */
class BundleError extends Error {
  override name = 'BundleError' as const;
}

const Outputs = v.record(v.string(), v.object({ entryPoint: v.optional(v.string()) }));

interface Build {
  readonly directory: string;
  readonly outputs: v.InferOutput<typeof Outputs>;
}

/** Builds by registry; one build serves all stacks of an app. */
const builds = new Map<string, Build>();
/** The folders of linked functions, by all that they depend on. */
const linked = new Map<string, string>();

/** The inputs of a function's build, beside its entry. */
export interface FunctionParts {
  readonly settings: object;
  /** The sources that it serves. It gets only the providers' code that these use. @default none */
  readonly sources?: readonly SourceSettings[];
  /** The file that exports the team's `handlers`. @default the shipped one */
  readonly registry?: string;
}

/**
 * The code of one function: its bundle, what it loads later, and its settings. It contains nothing of other functions or
 * providers, so that a change deploys only the functions that it concerns.
 *
 * All functions are built by one esbuild call per process and registry, and then linked one by one.
 *
 * @throws BundleError; SettingsError when the registry does not exist
 */
export function functionCode(name: FunctionName, parts: FunctionParts): Code {
  const { settings, sources = [], registry = shippedRegistry } = parts;
  const { directory, outputs } = buildWith(resolve(registry));
  const leftOut = Object.keys(outputs).filter((file) => {
    const { entryPoint } = outputs[file] ?? {};
    return entryPoint !== undefined && isUnusedProviderCode(entryPoint, sources);
  });
  const text = JSON.stringify(settings);
  const hash = createHash('sha256').update(text);
  const asset = mkdtempSync(join(directory, `${name}-`));
  const folder = linkedWith(directory, name, leftOut);
  for (const file of readdirSync(folder).sort()) {
    copyFileSync(join(folder, file), join(asset, file));
    hash.update(file).update(readFileSync(join(folder, file)));
  }
  writeFileSync(join(asset, 'settings.json'), text);
  return Code.fromAsset(asset, { assetHashType: AssetHashType.CUSTOM, assetHash: hash.digest('hex') });
}

function buildWith(registry: string): Build {
  const known = builds.get(registry);
  if (known !== undefined) return known;
  if (!existsSync(registry)) throw new SettingsError(`handlersRegistry: the file ${registry} does not exist`);

  // The folder is in the project, so that source maps have the same paths, and assets the same hashes, on every machine.
  mkdirSync(cache, { recursive: true });
  removeOldBuilds();
  const directory = mkdtempSync(join(cache, 'bundle-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  const build = { directory, outputs: runBuild(directory, registry) };
  builds.set(registry, build);
  return build;
}

/** Removes folders that killed processes left behind. */
function removeOldBuilds(): void {
  const anHourAgo = Date.now() - 3_600_000;
  for (const name of readdirSync(cache)) {
    const directory = join(cache, name);
    const { mtimeMs } = statSync(directory, { throwIfNoEntry: false }) ?? { mtimeMs: Date.now() };
    if (mtimeMs < anHourAgo) rmSync(directory, { recursive: true, force: true });
  }
}

function runBuild(directory: string, registry: string): Build['outputs'] {
  const script = join(import.meta.dirname, 'bundle-functions.ts');
  const files = Object.values(entries).map((entry) => join(lambdas, entry));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, directory, registry, shippedRegistry, ...files],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (status !== 0) throw new BundleError(`the functions do not build:\n${stderr}`);
  const outputs = Object.entries(v.parse(Outputs, JSON.parse(stdout)));
  // Compares names only, since the paths differ if a folder is a link.
  return Object.fromEntries(outputs.map(([path, output]) => [basename(path), output]));
}

/**
 * Links the chunks that a function starts with into one file, because fifty files load more slowly. What it loads later
 * stays apart, because Node reads a file to its end.
 *
 * @param leftOut the chunks that it never loads
 * @returns the folder of the files
 */
function linkedWith(directory: string, name: FunctionName, leftOut: readonly string[]): string {
  const key = [directory, name, ...leftOut].join(' ');
  const known = linked.get(key);
  if (known !== undefined) return known;
  // As deep as the asset, for the paths in the source map.
  const folder = mkdtempSync(join(directory, `linked-${name}-`));
  buildSync({
    entryPoints: [join(directory, `${name}.mjs`)],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    absWorkingDir: directory,
    external: leftOut.map((file) => `./${file}`),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // A team's handlers may use CommonJS packages, which `require` Node's own modules.
    banner: {
      js: "const require=process.getBuiltinModule('node:module').createRequire(import.meta.url);",
    },
    minify: true,
    // At the end of the file they would name the folder of this build, and change the hash of the asset.
    legalComments: 'inline',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'error',
  });
  linked.set(key, folder);
  return folder;
}
