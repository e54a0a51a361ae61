import { resolve } from 'node:path';
import { buildPackage } from './build.ts';

// `npm run build`: then `npm pack ./dist/package` makes the tarball.

const out = resolve(import.meta.dirname, '../../dist/package');
buildPackage(out);
console.log(`The package is in ${out}.`);
