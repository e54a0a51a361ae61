import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { providerSkeleton } from './provider-skeleton.ts';

// npm run new:provider -- <slug>: writes the files of a new provider, with tests that pass; then describe how it really signs.

const root = resolve(import.meta.dirname, '..');
const at = (path: string): string => resolve(root, path);
const [slug = ''] = process.argv.slice(2);

function refuse(reason: string): never {
  console.error(reason);
  process.exit(1);
}

if (!/^[a-z][a-z0-9-]{1,38}[a-z0-9]$/.test(slug)) {
  refuse(
    'Usage: npm run new:provider -- <slug>, in lower-case letters, digits and hyphens, e.g. new:provider -- acme-pay',
  );
}
const files = {
  row: `lambdas/domain/provider/providers/${slug}.ts`,
  sample: `lambdas/domain/provider/providers/${slug}.sample.ts`,
  vectors: `test/vectors/${slug}.json`,
  catalogue: 'lambdas/domain/provider/catalogue.ts',
  samples: 'lambdas/domain/provider/samples.ts',
  docs: 'docs/providers.md',
};
if (existsSync(at(files.row))) refuse(`${files.row} exists already.`);

const skeleton = providerSkeleton(slug, {
  catalogue: readFileSync(at(files.catalogue), 'utf8'),
  samples: readFileSync(at(files.samples), 'utf8'),
  docs: readFileSync(at(files.docs), 'utf8'),
});
const written = [
  [files.row, skeleton.row],
  [files.sample, skeleton.sample],
  [files.vectors, skeleton.vectors],
  [files.catalogue, skeleton.catalogue],
  [files.samples, skeleton.samples],
  [files.docs, skeleton.docs],
] as const;
for (const [path, text] of written) {
  writeFileSync(at(path), text);
  console.log(`wrote ${path}`);
}
console.log(
  `\nNext: describe in ${files.row} how ${slug} signs, put signatures from its documentation or library into`,
);
console.log(`${files.vectors}, and run: npx vitest run test/inbound/vectors.test.ts`);
