import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AssetHashType } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import type { SourceSettings } from '../../lambdas/domain/source.ts';
import { type Build, buildWith, type FunctionName, prebuiltFunction } from './function-build.ts';
import { isUnusedProviderCode } from './provider-code.ts';

/** The folders of linked functions, by all that they depend on. */
const linked = new Map<string, string>();

/** The inputs of a function's build, beside its entry. */
export interface FunctionParts {
  readonly settings: object;
  /** The sources that it serves. It gets only the providers' code that these use. @default none */
  readonly sources?: readonly SourceSettings[];
  /** The file that exports the team's `handlers`. @default none */
  readonly registry?: string;
}

/**
 * The code of one function: its bundle, what it loads later, and its settings. It contains nothing of other functions or
 * providers, so that a change deploys only the functions that it concerns.
 *
 * All functions are built by one esbuild call per process and registry, and then linked one by one. The package has ready
 * what contains nothing of an app.
 *
 * @throws BundleError; SettingsError when the registry does not exist or exports no `handlers`
 */
export function functionCode(name: FunctionName, parts: FunctionParts): Code {
  const { settings, sources = [], registry } = parts;
  const build = buildWith(registry === undefined ? undefined : resolve(registry));
  const text = JSON.stringify(settings);
  const hash = createHash('sha256').update(text);
  const asset = mkdtempSync(join(build.directory, `${name}-`));
  const folder = prebuiltFunction(name) ?? linkFunction(build, name, sources);
  for (const file of readdirSync(folder).sort()) {
    copyFileSync(join(folder, file), join(asset, file));
    hash.update(file).update(readFileSync(join(folder, file)));
  }
  writeFileSync(join(asset, 'settings.json'), text);
  return Code.fromAsset(asset, { assetHashType: AssetHashType.CUSTOM, assetHash: hash.digest('hex') });
}

/**
 * Links the chunks that a function starts with into one file, because fifty files load more slowly. What it loads later
 * stays apart, because Node reads a file to its end.
 *
 * @param sources the function never loads the code of other providers
 * @returns the folder of the files
 */
export function linkFunction(
  { directory, outputs }: Build,
  name: FunctionName,
  sources: readonly SourceSettings[],
): string {
  const leftOut = Object.keys(outputs).filter((file) => {
    const { entryPoint } = outputs[file] ?? {};
    return entryPoint !== undefined && isUnusedProviderCode(entryPoint, sources);
  });
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
