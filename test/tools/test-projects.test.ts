import { globSync } from 'node:fs';
import { matchesGlob, resolve } from 'node:path';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import config from '../../vitest.config.ts';

const Globs = v.array(v.string());
const Project = v.object({
  test: v.object({ name: v.string(), include: Globs, exclude: v.optional(Globs, []) }),
});
const { projects } = v.parse(v.object({ test: v.object({ projects: v.array(Project) }) }), config).test;
const root = resolve(import.meta.dirname, '../..');
const files = globSync('**/*.test.ts', { cwd: root, exclude: ['node_modules', '.local', 'cdk.out'] });

const projectsOf = (file: string): string[] =>
  projects
    .filter(({ test: { include, exclude } }) => {
      const isIn = (globs: readonly string[]) => globs.some((glob) => matchesGlob(file, glob));
      return isIn(include) && !isIn(exclude);
    })
    .map(({ test: { name } }) => name);

it('every test file is in one project of vitest.config.ts, so that `npm test` runs it once', () => {
  expect(files.length).toBeGreaterThan(200);
  expect(files.filter((file) => projectsOf(file).length !== 1)).toEqual([]);
});

it('every project has test files', () => {
  const used = new Set(files.flatMap(projectsOf));

  expect(projects.map(({ test: { name } }) => name).filter((name) => !used.has(name))).toEqual([]);
});
