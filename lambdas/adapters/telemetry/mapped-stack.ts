import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Source maps read so far; undefined for a file without one. A function has a few dozen files. */
const maps = new Map<string, SourceMap | undefined>();

/** The folder of the bundle, which has all its files, this one included. */
const ownFolder = dirname(import.meta.filename);

/**
 * A stack's text with the files and lines of the source in place of the bundle's.
 *
 * Reads the maps only when an error is logged, because `--enable-source-maps` would parse them in each cold start. Looks up files
 * beside this one only, since a message may contain any text. Never throws.
 *
 * @param stack as V8 writes it, e.g. `…\n    at a (file:///var/task/consume.mjs:1:2345)`
 * @param folder the folder of the bundle
 * @returns the stack, e.g. `…\n    at chargeCustomer (lambdas/handlers/stripe.ts:12:9)`; a place without a map as it was
 */
export function mappedStack(stack: string, folder = ownFolder): string {
  return stack.replace(frame, (line, before: string, url: string, row: string, column: string) => {
    try {
      return mappedFrame(before, fileURLToPath(url), [Number(row), Number(column)], folder) ?? line;
    } catch {
      return line;
    }
  });
}

/** `    at name (`, `    at ` or `    at async `, then the place. */
const frame =
  /^( {4}at (?:async )?(?:[^\n(]{1,200} \()?)(file:\/\/[^\s()]{1,500}\.mjs):(\d{1,9}):(\d{1,9})/gm;

type Place = readonly [row: number, column: number];

function mappedFrame(before: string, file: string, place: Place, folder: string): string | undefined {
  if (dirname(file) !== folder) return undefined;
  const origin = mapOf(file)?.findOrigin(...place);
  if (origin === undefined || !('fileName' in origin)) return undefined;
  const { fileName, lineNumber, columnNumber } = origin;
  // From the bundle's folder back to the project's.
  return `${before}${fileName.replace(/^(?:\.\.\/)+/, '')}:${lineNumber}:${columnNumber}`;
}

function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readMap(`${file}.map`));
  return maps.get(file);
}

function readMap(file: string): SourceMap | undefined {
  try {
    return new SourceMap(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
