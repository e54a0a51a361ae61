import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RefusedError } from '../terminal/errors.ts';
import { type FirstSource, handlersFile, handlersText, stackLines, testFile, testText } from './app-files.ts';
import { type AppFolder, readApp } from './app-folder.ts';
import type { Change } from './changes.ts';

/**
 * The changes that add Hookline to a CDK app: an import and a stack in its entry file, a file of handlers, a test, and the
 * dependency.
 *
 * @param version of `hookline` for package.json, e.g. `^1.2.0`
 * @throws RefusedError when the app is not in TypeScript, has Hookline already, or its entry file is not understood
 */
export function changesToApp(folder: string, source: FirstSource, version: string): readonly Change[] {
  const app = readApp(folder);
  const { entry, manifest, style } = app;
  return [
    { path: entry.path, before: entry.text, after: withStack(app, source) },
    added(folder, handlersFile, handlersText(source)),
    added(folder, testFile, testText(source, style)),
    { path: manifest.path, before: manifest.text, after: withDependency(app, version) },
  ];
}

const appDeclaration = /^(?:export\s+)?(?:const|let|var)\s+(\w+)[^=\n]*=\s*new\s+(?:\w+\.)?App\(/m;
const imports = /^import\b[^'"]*(?:'[^'\n]+'|"[^"\n]+");?[^\S\n]*\n/gm;
const synthAtEnd = /\n\w+\.synth\(\);?\s*$/;
const importLine = "import { WebhookStack } from 'hookline';\n";

function withStack({ entry: { path, text }, style }: AppFolder, source: FirstSource): string {
  if (/from\s+['"]hookline['"]/.test(text))
    throw new RefusedError(`${path} imports hookline already. Add another source to the sources there.`);
  const [, app] = appDeclaration.exec(text) ?? [];
  if (app === undefined)
    throw new RefusedError(
      `${path} has no line like "const app = new App()". Add these lines yourself:\n\n${importLine}\n${stackLines('app', source)}`,
    );
  const quoted = (lines: string): string => lines.replaceAll("'", style.quote);
  const lastImport = [...text.matchAll(imports)].at(-1);
  const at = lastImport === undefined ? 0 : lastImport.index + lastImport[0].length;
  const [synth = ''] = synthAtEnd.exec(text) ?? [];
  const body = text.slice(at, text.length - synth.length).trimEnd();
  return `${text.slice(0, at)}${quoted(importLine)}${body}\n\n${quoted(stackLines(app, source))}${synth}`;
}

function added(folder: string, path: string, after: string): Change {
  if (existsSync(join(folder, path)))
    throw new RefusedError(`${path} exists already. Rename it, and run this again.`);
  return { path, before: undefined, after };
}

/** Jest loads ES modules, such as `hookline/testing`, only with this flag: https://jestjs.io/docs/ecmascript-modules */
const jestWithModules = 'node --experimental-vm-modules node_modules/jest/bin/jest.js';

/** Keeps the order and the indentation of package.json. */
function withDependency({ manifest, scripts, dependencies }: AppFolder, version: string): string {
  const [, indent = '  '] = /^([^\S\n]+)"/m.exec(manifest.text) ?? [];
  const all = Object.entries({ ...dependencies, hookline: version });
  const sorted = Object.fromEntries(all.sort(([one], [other]) => (one < other ? -1 : 1)));
  const test = scripts['test'] === 'jest' ? { scripts: { ...scripts, test: jestWithModules } } : {};
  const changed = { ...JSON.parse(manifest.text), ...test, dependencies: sorted };
  return `${JSON.stringify(changed, undefined, indent)}\n`;
}
