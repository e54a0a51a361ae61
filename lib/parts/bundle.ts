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

const Outputs = v.record(
  v.string(),
  v.object({ imports: v.array(v.object({ path: v.string() })), entryPoint: v.optional(v.string()) }),
);

interface Build {
  readonly directory: string;
  readonly outputs: v.InferOutput<typeof Outputs>;
}

/** Builds by registry; one build serves all stacks of an app. */
const builds = new Map<string, Build>();

/** The inputs of a function's build, beside its entry. */
export interface FunctionParts {
  readonly settings: object;
  /** The sources that it serves. It gets only the providers' code that these use. @default none */
  readonly sources?: readonly SourceSettings[];
  /** The file that exports the team's `handlers`. @default the shipped one */
  readonly registry?: string;
}

/**
 * The code of one function: its bundle, the chunks that it can reach, and its settings. It contains nothing of other functions or
 * providers, so that a change deploys only the functions that it concerns.
 *
 * All functions are built by one esbuild call per process and registry.
 *
 * @throws BundleError; SettingsError when the registry does not exist
 */
export function functionCode(name: FunctionName, parts: FunctionParts): Code {
  const { settings, sources = [], registry = shippedRegistry } = parts;
  const { directory, outputs } = buildWith(resolve(registry));
  const isLeftOut = (entryPoint: string | undefined) =>
    entryPoint !== undefined && isUnusedProviderCode(entryPoint, sources);
  const files = [...reachableFrom(`${name}.mjs`, outputs, isLeftOut)].sort();
  const text = JSON.stringify(settings);
  const hash = createHash('sha256').update(text);
  const asset = mkdtempSync(join(directory, `${name}-`));
  for (const file of files.flatMap((output) => [output, `${output}.map`])) {
    copyFileSync(join(directory, file), join(asset, file));
    hash.update(file).update(readFileSync(join(directory, file)));
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

/** Returns the file and every chunk that it imports, directly or not, at start or later. */
function reachableFrom(
  file: string,
  outputs: Build['outputs'],
  isLeftOut: (entryPoint: string | undefined) => boolean,
  seen = new Set<string>(),
): Set<string> {
  const output = outputs[file];
  if (output === undefined || seen.has(file) || isLeftOut(output.entryPoint)) return seen;
  seen.add(file);
  for (const { path } of output.imports) reachableFrom(basename(path), outputs, isLeftOut, seen);
  return seen;
}
