import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { parseJson } from '../../lambdas/domain/json.ts';
import { describeIssue } from '../../lambdas/domain/messages.ts';
import { RefusedError } from '../terminal/errors.ts';
import { readFile } from '../terminal/read-file.ts';
import type { Style } from './app-files.ts';

const CdkConfig = v.looseObject({ app: v.string() });
const Texts = v.optional(v.record(v.string(), v.string()), {});
const Manifest = v.looseObject({
  type: v.optional(v.string()),
  scripts: Texts,
  dependencies: Texts,
  devDependencies: Texts,
});

/** The files of an existing CDK app that Hookline is added to. */
export interface AppFolder {
  readonly folder: string;
  /** The TypeScript file that makes the app. */
  readonly entry: AppFile;
  readonly manifest: AppFile;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly style: Style;
}

interface AppFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly text: string;
}

/** @throws RefusedError when a file is missing or not what it should be, or when the app is in another language */
export function readApp(folder: string): AppFolder {
  const { app } = parsed(CdkConfig, readText(folder, 'cdk.json'));
  const [path] = /[\w./@-]+\.[cm]?ts\b/.exec(app) ?? [];
  if (path === undefined)
    throw new RefusedError(
      `cdk.json runs '${app}', which names no TypeScript file. Make Hookline an app of its own: npx hookline init webhooks`,
    );
  const entry = readText(folder, path);
  const manifest = readText(folder, 'package.json');
  const { type, scripts, dependencies, devDependencies } = parsed(Manifest, manifest);
  const all = { ...dependencies, ...devDependencies };
  const style: Style = {
    ending: importsTypeScript(folder) ? '.ts' : type === 'module' ? '.js' : '',
    quote: /^import[^'"]*"/m.test(entry.text) ? '"' : "'",
    tests: 'vitest' in all ? 'vitest' : 'jest' in all ? 'jest' : 'node:test',
  };
  return { folder, entry, manifest, scripts, dependencies, style };
}

/** tsconfig.json may have comments, so it is not parsed. */
const importsTypeScript = (folder: string): boolean =>
  existsSync(join(folder, 'tsconfig.json')) &&
  /"allowImportingTsExtensions"\s*:\s*true/.test(readText(folder, 'tsconfig.json').text);

function parsed<Output>(schema: v.GenericSchema<unknown, Output>, { path, text }: AppFile): Output {
  const { success, output, issues } = v.safeParse(schema, parseJson(text));
  if (success) return output;
  throw new RefusedError(`${path}: ${describeIssue(issues[0])}`);
}

const readText = (folder: string, path: string): AppFile => ({
  path,
  text: readFile(join(folder, path)).toString('utf8'),
});
