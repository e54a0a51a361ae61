import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import * as v from 'valibot';

const Versions = v.record(v.string(), v.string());
const RepositoryManifest = v.object({
  name: v.string(),
  version: v.string(),
  description: v.string(),
  homepage: v.string(),
  license: v.string(),
  exports: v.record(v.string(), v.string()),
  bin: v.record(v.string(), v.string()),
  dependencies: Versions,
  devDependencies: Versions,
});
export type RepositoryManifest = v.InferOutput<typeof RepositoryManifest>;

/** The oldest versions of the CDK with which the tests install the package; the other ones are the repository's own. */
export const floors = { 'aws-cdk-lib': '2.230.0', constructs: '10.4.3' } as const;
/** Packages of which only types are used, and only by apps that have them. */
const typesOnly: Readonly<Record<string, string>> = { stripe: '*' };
/** With another version, the code of the functions would differ from what the tests ran. */
const exact: ReadonlySet<string> = new Set(['esbuild']);
/** The command needs it for the certificate of the local AWS, and `require` of an ESM package 22.12. */
const oldestNode = '>=22.19';

/** @throws ValiError when the repository's `package.json` lacks a field that the package needs */
export const repositoryManifest = (root: string): RepositoryManifest =>
  v.parse(RepositoryManifest, JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

/**
 * The `package.json` of the package: entry points with their types first, and as dependencies what its files import.
 *
 * @param out the folder with the compiled files
 * @throws Error when a file imports a package that the repository's `package.json` does not name
 */
export function packageManifest(repository: RepositoryManifest, out: string) {
  const { name, version, description, homepage, license } = repository;
  const imported = importedPackages(out).filter(
    (one) => one !== name && !(one in floors) && !(one in typesOnly),
  );
  const peers = Object.entries(floors).map(([peer, floor]) => [peer, `^${floor}`] as const);
  return {
    name,
    version,
    description,
    keywords: ['webhooks', 'aws', 'cdk', 'serverless'],
    homepage,
    license,
    type: 'module',
    engines: { node: oldestNode },
    exports: {
      ...Object.fromEntries(Object.entries(repository.exports).map(([key, file]) => [key, entryPoint(file)])),
      './package.json': './package.json',
    },
    bin: Object.fromEntries(Object.entries(repository.bin).map(([key, file]) => [key, compiled(file)])),
    dependencies: Object.fromEntries(imported.map((one) => [one, rangeOf(one, repository)])),
    peerDependencies: { ...Object.fromEntries(peers), ...typesOnly },
    peerDependenciesMeta: Object.fromEntries(Object.keys(typesOnly).map((one) => [one, { optional: true }])),
  };
}

const compiled = (file: string): string => file.replace(/\.ts$/, '.js');
const entryPoint = (file: string) => ({ types: file.replace(/\.ts$/, '.d.ts'), default: compiled(file) });

function rangeOf(name: string, { dependencies, devDependencies }: RepositoryManifest): string {
  const version = dependencies[name] ?? devDependencies[name];
  if (version === undefined) throw new Error(`the package imports ${name}, which package.json does not name`);
  return exact.has(name) ? version : `^${version}`;
}

const specifiers = /(?:\bfrom|\bimport\(?)\s*['"]([@\w][\w@/:.-]*)['"]/g;

/** The packages that the compiled code and the types import, in order. The functions' code contains what it needs. */
function importedPackages(out: string): string[] {
  const files = globSync('**/*.{js,d.ts}', { cwd: out });
  const found = files.flatMap((file) =>
    [...readFileSync(join(out, file), 'utf8').matchAll(specifiers)].map(([, specifier = '']) => specifier),
  );
  const names = found
    .filter((one) => !isBuiltin(one))
    .map((one) => one.match(/^(?:@[^/]+\/)?[^/]+/)?.[0] ?? one);
  return [...new Set(names)].sort();
}

/**
 * Lets the types of a package that an app may lack be `any`, instead of an error in the app's type check.
 *
 * @returns the text of a declaration file
 */
export function withOptionalTypes(text: string): string {
  const names = Object.keys(typesOnly).join('|');
  return text.replace(new RegExp(`^import type .* from '(?:${names})';$`, 'gm'), '// @ts-ignore\n$&');
}
