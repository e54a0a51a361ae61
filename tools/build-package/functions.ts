import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkFunction } from '../../lib/parts/bundle.ts';
import { buildWith, type FunctionName, type Outputs } from '../../lib/parts/function-build.ts';

/** Nothing of an app goes into these. */
const whole: readonly FunctionName[] = ['publish', 'deliver', 'sweep', 'management'];
/** These are linked when an app is synthesised: with the code of its providers, and with its handlers. */
const linkedLater = ['receive.mjs', 'consume.mjs', 'handlers.mjs', 'registry.mjs'];

/** Builds the functions into the package: ready ones each in a folder, and the parts of the others in the folder `parts`. */
export function buildFunctions(folder: string): void {
  const build = buildWith(undefined);
  for (const name of whole) {
    const linked = linkFunction(build, name, []);
    copyFiles(linked, readdirSync(linked), join(folder, name));
  }
  const parts = reachableFrom(linkedLater, build.outputs);
  const files = parts.flatMap((part) => [part, `${part}.map`]);
  copyFiles(build.directory, files, join(folder, 'parts'));
  const outputs = Object.fromEntries(parts.map((part) => [part, build.outputs[part]]));
  writeFileSync(join(folder, 'parts/outputs.json'), JSON.stringify(outputs));
}

function copyFiles(from: string, names: readonly string[], to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of names) copyFileSync(join(from, name), join(to, name));
}

/** @returns the names of these files and of all that they import, in order */
function reachableFrom(entries: readonly string[], outputs: Outputs): string[] {
  const found = new Set<string>();
  const visit = (file: string): void => {
    const output = outputs[file];
    if (output === undefined || found.has(file)) return;
    found.add(file);
    // esbuild writes paths from its working directory, which is where the files are.
    for (const { path } of output.imports) visit(path.replace(/^.*\//, ''));
  };
  for (const entry of entries) visit(entry);
  return [...found].sort();
}
