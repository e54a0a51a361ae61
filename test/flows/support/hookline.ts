import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { awsEnvironment } from '../../../local/endpoint.ts';
import type { LocalOutputs } from '../../../local/outputs.ts';
import { projectRoot } from '../../../local/project-root.ts';

/**
 * Runs the command line tool against the deployed app, as a user does after `eval "$(npx hookline env)"`.
 *
 * @returns what it printed
 * @throws Error with what it printed, when it exits with another code than 0
 */
export async function hookline(outputs: LocalOutputs, ...args: readonly string[]): Promise<string> {
  const endpoint = { url: outputs.awsEndpoint, caFile: outputs.caFile };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['bin/hookline.ts', '--stack', 'Flows', ...args],
    { cwd: projectRoot, env: awsEnvironment(endpoint, process.env) },
  );
  return stdout;
}
