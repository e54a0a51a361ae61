import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import * as v from 'valibot';

const lambdas = resolve(import.meta.dirname, '../../lambdas');
/** The registry of the shipped handlers; an app may bring its own. */
export const defaultHandlersRegistry = join(lambdas, 'handlers/registry.ts');

const entries = {
  receive: 'inbound/receive.lambda.ts',
  consume: 'inbound/consume.lambda.ts',
  publish: 'outbound/publish.lambda.ts',
  deliver: 'outbound/deliver.lambda.ts',
  sweep: 'outbound/sweep.lambda.ts',
} as const;
export type FunctionName = keyof typeof entries;

const Outputs = v.record(v.string(), v.object({ imports: v.array(v.object({ path: v.string() })) }));
interface Build {
  readonly directory: string;
  readonly outputs: v.InferOutput<typeof Outputs>;
}

/** The functions' code could not be built. */
export class BundleError extends Error {
  override name = 'BundleError' as const;
}

const builds = new Map<string, Build>();

/**
 * The code of one function: its bundle, the chunks that it can reach, and its settings. Nothing of the other functions, so
 * a change of one does not deploy the others.
 *
 * All functions are built by one esbuild call, once for each registry and process.
 *
 * @param registry the file that exports the team's `handlers`
 */
export function functionCode(name: FunctionName, settings: object, registry: string): Code {
  const { directory, outputs } = builtWith(resolve(registry));
  const asset = mkdtempSync(join(directory, `${name}-`));
  for (const file of reachable(outputs, `${name}.mjs`)) {
    copyFileSync(join(directory, file), join(asset, file));
    copyFileSync(join(directory, `${file}.map`), join(asset, `${file}.map`));
  }
  writeFileSync(join(asset, 'settings.json'), JSON.stringify(settings));
  return Code.fromAsset(asset);
}

function builtWith(registry: string): Build {
  const known = builds.get(registry);
  if (known) return known;
  const directory = mkdtempSync(join(tmpdir(), 'hookline-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(directory, { recursive: true });

  const script = join(import.meta.dirname, 'bundle-functions.ts');
  const files = Object.values(entries).map((entry) => join(lambdas, entry));
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, directory, registry, ...files], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new BundleError(`the functions do not build:\n${stderr}`);

  const named = Object.entries(v.parse(Outputs, JSON.parse(stdout))).map(([path, output]) => [
    basename(path),
    output,
  ]);
  const build = { directory, outputs: Object.fromEntries(named) };
  builds.set(registry, build);
  return build;
}

/** The entry and every chunk that it imports, directly or not, now or later. */
function reachable(outputs: Build['outputs'], entry: string, seen = new Set<string>()): Set<string> {
  if (seen.has(entry)) return seen;
  const output = outputs[entry];
  if (output === undefined) return seen;
  seen.add(entry);
  for (const { path } of output.imports) reachable(outputs, basename(relative('.', path)), seen);
  return seen;
}
