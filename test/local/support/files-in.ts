import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../local/project-root.ts';

/** The TypeScript files below these directories of the project, with their text. */
export const filesIn = (...directories: readonly string[]) =>
  directories
    .flatMap((directory) => globSync(`${directory}/**/*.ts`, { cwd: projectRoot }))
    .sort()
    .map((file) => ({ file, text: readFileSync(join(projectRoot, file), 'utf8') }));
