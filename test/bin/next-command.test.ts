import { expect, it } from 'vitest';
import { nextCommand } from '../../bin/next-command.ts';

it.each([
  [{}, 'npx hookline dlq list'],
  [{ local: true }, 'npx hookline --local dlq list'],
  [{ stack: 'Hooks', region: 'eu-west-1' }, 'npx hookline --stack Hooks --region eu-west-1 dlq list'],
  [{ profile: "it's mine" }, "npx hookline --profile 'it'\\''s mine' dlq list"],
])('what to type next is for the same deployment: %j', (options, command) => {
  expect(nextCommand({ stateDir: '.local', ...options }, 'dlq list')).toBe(command);
});
