import { readdirSync, readFileSync } from 'node:fs';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { canary } from './fragments.ts';

/** An input that somebody may send, as bytes. */
export interface CorpusEntry {
  readonly name: string;
  readonly bytes: Buffer;
}

const folder = new URL('../../fuzz/corpus/', import.meta.url);

/** Each file of `test/fuzz/corpus/`, byte for byte. What a fuzz test finds is kept there. */
const files = readdirSync(folder).map((name) => ({ name, bytes: readFileSync(new URL(name, folder)) }));

const zeros = 10 * 1024 * 1024;
const levels = 100_000;
/** Deep enough for one parser and too deep for another one. */
const middleLevels = [1_000, 3_000, 5_000, 8_000];

const texts: Readonly<Record<string, string>> = {
  'arrays of 100 000 levels': '['.repeat(levels) + ']'.repeat(levels),
  'objects of 100 000 levels': `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`,
  'arrays that do not end': '['.repeat(levels),
  'data of 100 000 levels': `{"id":"evt_1","type":"a.b","data":${'['.repeat(levels)}${']'.repeat(levels)}}`,
  ...Object.fromEntries(
    middleLevels.map((depth) => [
      `data of ${depth} levels`,
      `{"id":"evt_1","type":"a.b","data":${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}}`,
    ]),
  ),
  'a text of 1 MiB': JSON.stringify(canary.repeat(90_000)),
  'an id of 1 MiB': JSON.stringify({ id: canary.repeat(90_000), type: 'a.b', source: canary.repeat(9_000) }),
  'an object of 50 000 names': `{${Array.from({ length: 50_000 }, (_, nth) => `"k${nth}":${nth}`).join()}}`,
  'an array of 100 000 arrays': `[${'[],'.repeat(levels)}[]]`,
  'one name 50 000 times': `{${'"id":"a",'.repeat(50_000)}"id":"b"}`,
  '100 000 escapes': `"${'\\u0041'.repeat(levels)}"`,
  '10 000 header lines': `GET / HTTP/1.1\r\n${Array.from({ length: 10_000 }, (_, nth) => `x-${nth}: ${nth}\r\n`).join('')}\r\n`,
  'a form of 10 000 fields': Array.from({ length: 10_000 }, (_, nth) => `a${nth}=${nth}`).join('&'),
};

/** What would be absurdly large as a file. */
const generated = [
  ...Object.entries(texts).map(([name, text]) => ({ name, bytes: Buffer.from(text) })),
  { name: 'gzip of 10 MiB of zeros', bytes: gzipSync(Buffer.alloc(zeros), { level: 9 }) },
  { name: 'deflate of 10 MiB of zeros', bytes: deflateSync(Buffer.alloc(zeros), { level: 9 }) },
  {
    name: 'brotli of 10 MiB of zeros',
    bytes: brotliCompressSync(Buffer.alloc(zeros), { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } }),
  },
  { name: '64 KiB of no UTF-8', bytes: Buffer.alloc(65_536, 0xff) },
];

/** Whole inputs for any wall. */
export const corpus: readonly CorpusEntry[] = [...files, ...generated];
