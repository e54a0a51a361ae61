import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { projectRoot } from '../../local/project-root.ts';

/** As a user's bundler would ship it, minified. */
const mostBytes = 140_000;

it('hookline/verify brings no AWS code, and stays small', async () => {
  const { metafile } = await build({
    entryPoints: ['entry/verify.ts'],
    absWorkingDir: projectRoot,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
  });

  const aws = Object.keys(metafile.inputs).filter((file) => /@aws-sdk|@smithy|aws-lambda|\/aws\//.test(file));
  expect(aws).toEqual([]);
  expect(Object.values(metafile.outputs).reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(mostBytes);
});
