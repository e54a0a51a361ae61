import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the project in which the command runs: the nearest one upwards with a `package.json`, else this one. */
export const projectRoot = nearestProject(process.cwd());

function nearestProject(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  return dirname(folder) === folder ? process.cwd() : nearestProject(dirname(folder));
}
