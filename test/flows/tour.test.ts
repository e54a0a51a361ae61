import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { awsEnvironment } from '../../local/endpoint.ts';
import { projectRoot } from '../../local/project-root.ts';
import { startEndpoint } from './support/endpoint.ts';
import { describeFlow } from './support/local-stack.ts';

const page = readFileSync(join(projectRoot, 'docs/endpoints.md'), 'utf8');
const [, tour = ''] = /```bash\n(hl\(\)[\s\S]*?)```/.exec(page) ?? [];

/** The page's own lines, on the tests' stack, with a receiver on a free port. */
const scriptFor = (receiver: string): string =>
  [
    'set -euo pipefail',
    `hl() { echo "> $*"; ${process.execPath} bin/hookline.ts --stack Flows "$@"; }`,
    ...tour
      .split('\n')
      .slice(1)
      .map((line) => line.replaceAll('http://127.0.0.1:3000', receiver)),
  ].join('\n');

describeFlow('The tour in docs/endpoints.md', (stack) => {
  it('the tour in docs/endpoints.md works as it is written', async () => {
    using receiver = await startEndpoint((response, _nth, { url = '' }) => {
      response.writeHead(Number(url.slice(1, 4))).end();
    });
    const { awsEndpoint, caFile } = stack.outputs;
    const env = awsEnvironment({ url: awsEndpoint, caFile }, process.env);

    const script = scriptFor(new URL(receiver.url).origin);
    const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: projectRoot, env });

    const after = (command: string): string => stdout.split(`> ${command}`)[1]?.split('\n> ')[0] ?? '';
    const lists = stdout.split('> deliveries list').slice(1);
    expect(tour).toContain('endpoints create umbrella');
    expect(after('endpoints rotate-secret acme billing').match(/whsec_/g)).toHaveLength(2);
    expect(after('endpoints show umbrella old')).toMatch(/disabled since .*: gone\n[\s\S]*answered 410/);
    expect(lists[0]).toMatch(/ held /);
    expect(lists[0]).toMatch(/ failed .* answered 410/);
    expect(after('recover umbrella old')).toContain('Done: 1 delivery replayed.');
    expect(lists[1]?.match(/ delivered /g)).toHaveLength(2);
    const gotBy = (name: string) => receiver.requests.filter(({ path }) => path.endsWith(`/${name}`)).length;
    expect([gotBy('billing'), gotBy('audit'), gotBy('crm'), gotBy('old')]).toEqual([1, 2, 1, 3]);
  }, 180_000);
});
