import { basename, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/**
 * Builds all function entries in one go, for `bundle.ts`, which waits for this process: constructs are synchronous, and
 * esbuild's plugins are not.
 *
 * argv: output directory, the handlers' registry to use, the shipped one, then the entries. Prints esbuild's outputs.
 */
const [outdir = '', registry = '', shippedRegistry = '', ...entries] = process.argv.slice(2);

/** An app's own handlers take the place of the shipped ones. */
const handlersRegistry: Plugin = {
  name: 'handlers-registry',
  setup: ({ onResolve }) => {
    onResolve({ filter: /\/registry\.ts$/ }, ({ path, resolveDir }) =>
      resolve(resolveDir, path) === shippedRegistry ? { path: registry } : undefined,
    );
  },
};

const { metafile } = await build({
  entryPoints: entries.map((entry) => ({ in: entry, out: basename(entry, '.lambda.ts') })),
  outdir,
  absWorkingDir: outdir,
  outExtension: { '.js': '.mjs' },
  // All in one folder, so that `./settings.json` lies beside whichever chunk reads it.
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // ESM first: a CommonJS build of the SDK is half as large again, and starts slower.
  mainFields: ['module', 'main'],
  // A team's handlers may bring CommonJS packages, which `require` Node's own modules.
  banner: {
    js: "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);",
  },
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
  plugins: [handlersRegistry],
});
process.stdout.write(JSON.stringify(metafile.outputs));
