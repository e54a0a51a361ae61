import { resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/**
 * Builds all function entries in one go, for `bundle.ts`, which waits for this process: CDK's constructs are synchronous,
 * and esbuild's plugins are not.
 *
 * argv: output directory, the handlers' registry, then the entries. Prints esbuild's list of outputs.
 */
const [outdir = '', registry = '', ...entries] = process.argv.slice(2);

const ownRegistry = resolve(import.meta.dirname, '../../lambdas/handlers/registry.ts');

/** The app's own handlers take the place of the shipped ones. */
const handlersRegistry: Plugin = {
  name: 'handlers-registry',
  setup: ({ onResolve }) => {
    onResolve({ filter: /handlers\/registry\.ts$/ }, ({ path, resolveDir }) =>
      resolve(resolveDir, path) === ownRegistry ? { path: registry } : undefined,
    );
  },
};

const { metafile } = await build({
  entryPoints: entries.map((entry) => ({ in: entry, out: functionName(entry) })),
  outdir,
  outExtension: { '.js': '.mjs' },
  // Flat, so that `./settings.json` is found from whichever chunk reads it.
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // ESM first: a CommonJS bundle of the SDK is half as large again, and slower to start.
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
  plugins: [handlersRegistry],
});
process.stdout.write(JSON.stringify(metafile.outputs));

function functionName(entry: string): string {
  return entry.replace(/^.*\//, '').replace(/\.lambda\.ts$/, '');
}
