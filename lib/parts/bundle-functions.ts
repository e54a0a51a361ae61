import { isBuiltin } from 'node:module';
import { relative, resolve } from 'node:path';
import { type BuildFailure, build, type Message, type Plugin } from 'esbuild';

/**
 * Builds the parts of functions in one go, for `function-build.ts`, which waits for this process: constructs are synchronous,
 * and esbuild's plugins are not.
 *
 * argv: output directory, then the entries as `name=file`. Prints esbuild's outputs; of a build that fails a line for each
 * error, `file:line:column: message`.
 */
const [outdir = '', ...entries] = process.argv.slice(2);

/** The consumer and the app's handlers meet when they are linked, since the package has the one without the other. */
const handlersApart: Plugin = {
  name: 'handlers-apart',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.\.\/handlers\/registry\.ts$/ }, () => ({
      path: './registry.mjs',
      external: true,
    }));
    onResolve({ filter: /^hookline\/handlers$/ }, () => ({ path: './handlers.mjs', external: true }));
  },
};

/**
 * Packages that functions load later, if at all, share no chunk with the code at the start: each file there takes a while. What
 * both need is in both.
 */
const isLoadedLater = (importer: string): boolean =>
  /\/node_modules\/@(?:aws-sdk|aws|smithy)\//.test(importer);
const laterSuffix = '?later';

/** The store of the request that the SDK and Powertools read. Both copies keep it in the same global. */
const invokeStoreApart: Plugin = {
  name: 'invoke-store-apart',
  setup: ({ onResolve, resolve: resolved }) => {
    onResolve(
      { filter: /^@aws\/lambda-invoke-store$/ },
      async ({ path, importer, kind, resolveDir, pluginData }) => {
        if (pluginData === invokeStoreApart.name || !isLoadedLater(importer)) return undefined;
        const found = await resolved(path, { importer, kind, resolveDir, pluginData: invokeStoreApart.name });
        return { path: found.path, suffix: laterSuffix };
      },
    );
  },
};

/** Modules of Node that few events need. They are loaded when an export of theirs is first used. */
const usedLater: ReadonlySet<string> = new Set(['node:zlib', 'node:dns', 'node:https', 'node:tls']);

/**
 * Gets Node's own modules as they are: an `import` of one gets all of its exports at once, and with them what Node would load
 * later or never, such as `fetch` with `node:http`, or streams with `node:fs`. That takes longer than loading the function itself.
 */
const builtinsAlone: Plugin = {
  name: 'builtins-alone',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^[a-z_:/0-9]+$/ }, ({ path, importer, kind }) => {
      if (!isBuiltin(path)) return undefined;
      const suffix = `${isLoadedLater(importer) ? laterSuffix : ''}?${kind}`;
      return { path: path.replace(/^(?:node:)?/, 'node:'), suffix, namespace: 'builtins-alone' };
    });
    onLoad({ filter: /^node:/, namespace: 'builtins-alone' }, ({ path, suffix }) => ({
      contents: `module.exports = ${suffix.endsWith('?import-statement') ? importedModule(path) : moduleItself(path)};`,
    }));
  },
};

const moduleItself = (name: string): string => `process.getBuiltinModule('${name}')`;

/**
 * esbuild gives an importing file an object with the module's prototype, and a getter for each of its own properties. An object that
 * inherits all exports has none of its own, so that there is nothing to copy.
 */
function importedModule(name: string): string {
  if (typeof process.getBuiltinModule(name) !== 'object') return moduleItself(name);
  if (!usedLater.has(name)) return `Object.create(${moduleItself(name)})`;
  return `Object.create(new Proxy({}, { get: (_, key) => ${moduleItself(name)}[key] }))`;
}

/** Shows paths relative to where the app is synthesised, not to the output directory. */
const errorLine = ({ location, text }: Message): string =>
  location === null
    ? text
    : `${relative('.', resolve(outdir, location.file))}:${location.line}:${location.column}: ${text}`;

const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && 'errors' in error && Array.isArray(error.errors) && error.errors.length > 0;

const built = await build({
  entryPoints: entries.map((entry) => {
    const end = entry.indexOf('=');
    return { in: entry.slice(end + 1), out: entry.slice(0, end) };
  }),
  outdir,
  absWorkingDir: outdir,
  outExtension: { '.js': '.mjs' },
  // All files are in one folder, to be linked.
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // ESM comes first, because a CommonJS build of the SDK is half as large again and starts slower.
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'inline',
  sourcemap: true,
  sourcesContent: false,
  metafile: true,
  // Errors are printed below.
  logLevel: 'silent',
  plugins: [handlersApart, builtinsAlone, invokeStoreApart],
}).catch((error: unknown) => {
  if (!isBuildFailure(error)) throw error;
  process.stderr.write(error.errors.map((message) => `${errorLine(message)}\n`).join(''));
  process.exit(1);
});
process.stdout.write(JSON.stringify(built.metafile.outputs));
