import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { App, Stage } from 'aws-cdk-lib';
import type { Synthesised } from './synth.ts';

/** The code of a function. */
export interface Asset {
  readonly hash: string;
  readonly directory: string;
  readonly settings: {
    readonly lease?: number;
    readonly sources?: readonly { readonly name: string; readonly lease: number }[];
  };
}

/** The code of a function, as the deploy will upload it. */
export function assetOf(
  { resources, stack }: Pick<Synthesised, 'resources' | 'stack'>,
  lambda: string,
): Asset {
  const properties = resources('AWS::Lambda::Function')[lambda]?.Properties ?? {};
  const hash = (properties['Code'] as { S3Key: string }).S3Key.replace('.zip', '');
  const { outdir } = Stage.of(stack) ?? new App();
  const manifest: { files: Record<string, { source: { path: string } }> } = JSON.parse(
    readFileSync(join(outdir, `${stack.artifactId}.assets.json`), 'utf8'),
  );
  const directory = resolve(outdir, manifest.files[hash]?.source.path ?? 'nowhere');
  return { hash, directory, settings: JSON.parse(readFileSync(join(directory, 'settings.json'), 'utf8')) };
}

export const entriesIn = ({ directory }: Asset): string[] =>
  readdirSync(directory).filter((file) =>
    /^(receive|consume|publish|deliver|sweep|management)\.mjs$/.test(file),
  );
export const codeOf = ({ directory }: Asset): string =>
  readdirSync(directory)
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => readFileSync(join(directory, file), 'utf8'))
    .join('\n');

/** The files that a function loads before its first event: its entry, and what that imports at once. */
export function startOf({ directory }: Asset, entry: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const load = (file: string): void => {
    if (files.has(file)) return;
    const code = readFileSync(join(directory, file), 'utf8');
    files.set(file, code);
    for (const [, imported = ''] of code.matchAll(/(?:from|import)"\.\/([^"]+)"/g)) load(imported);
  };
  load(entry);
  return files;
}

/** The files that the code of a function was made from. */
export const sourcesIn = ({ directory }: Asset): string[] =>
  readdirSync(directory)
    .filter((file) => file.endsWith('.map'))
    .flatMap((file): string[] => JSON.parse(readFileSync(join(directory, file), 'utf8')).sources);
