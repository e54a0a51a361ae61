import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../local/project-root.ts';
import { freshDirectory } from '../local/support/fresh-directory.ts';

const tsc = (...args: string[]): string =>
  spawnSync(process.execPath, [join(projectRoot, 'node_modules/typescript/bin/tsc'), ...args], {
    encoding: 'utf8',
  }).stdout;

const team = `
import { defineHandlers } from './hookline/lambdas/domain/handler.js';
export const stripe = defineHandlers('stripe', {
  'invoice.paid': async (event) => console.log(event.payload.data.object.amount_paid, event.id),
});
export const zoom = defineHandlers('zoom', { 'meeting.*': async ({ type }, { log }) => log.info(type) });
`;

it('the types of handlers need neither stripe nor @octokit/webhooks-types, and no skipLibCheck', () => {
  const directory = freshDirectory();
  mkdirSync(join(directory, 'node_modules/@types'), { recursive: true });
  for (const name of ['valibot', '@types/node', 'undici-types'])
    symlinkSync(join(projectRoot, 'node_modules', name), join(directory, 'node_modules', name));
  const compilerOptions = { module: 'NodeNext', target: 'ES2024', strict: true, types: ['node'] };
  const declarations = {
    ...compilerOptions,
    lib: ['ES2024', 'ESNext.Disposable', 'ESNext'],
    declaration: true,
    emitDeclarationOnly: true,
    rewriteRelativeImportExtensions: true,
    rootDir: projectRoot,
    outDir: join(directory, 'hookline'),
    typeRoots: [join(projectRoot, 'node_modules/@types')],
  };
  const files = [join(projectRoot, 'lambdas/domain/handler.ts')];
  writeFileSync(join(directory, 'build.json'), JSON.stringify({ compilerOptions: declarations, files }));
  writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
  writeFileSync(join(directory, 'team.ts'), team);
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...compilerOptions, noEmit: true }, files: ['team.ts'] }),
  );

  expect(tsc('-p', join(directory, 'build.json'))).toBe('');
  expect(tsc('-p', directory)).toBe('');
});
