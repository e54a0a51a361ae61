import { expect, it } from 'vitest';
import { nextCommand } from '../../../cli/terminal/next-command.ts';
import { defaultStateDir } from '../../../local/state.ts';

it.each([
  [{}, 'npx hookline dlq list'],
  [{ local: true }, 'npx hookline --local dlq list'],
  [{ local: true, stateDir: '/tmp/x' }, 'npx hookline --local --state-dir /tmp/x dlq list'],
  [{ stack: 'Hooks', region: 'eu-west-1' }, 'npx hookline --stack Hooks --region eu-west-1 dlq list'],
  [{ profile: "it's mine" }, "npx hookline --profile 'it'\\''s mine' dlq list"],
])('the next command is for the same deployment: %j', (options, command) => {
  expect(nextCommand({ stateDir: defaultStateDir, ...options }, 'dlq list')).toBe(command);
});
