import { defaultStateDir } from '../../local/state.ts';
import type { TargetOptions } from '../stack/target.ts';

/** What to type next, on the deployment that this command worked on. */
export function nextCommand(options: TargetOptions, rest: string): string {
  const { local, stack, profile, region, stateDir } = options;
  const named = { stack, profile, region, 'state-dir': stateDir === defaultStateDir ? undefined : stateDir };
  const values = Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${quoted(value)}`],
  );
  return ['npx hookline', ...(local ? ['--local'] : []), ...values, rest].join(' ');
}

/** The same with the AWS CLI, for what this tool leaves to it. */
export function awsCommand({ profile, region }: TargetOptions, rest: string): string {
  const named = Object.entries({ profile, region }).flatMap(([name, value]) =>
    value === undefined ? [] : [` --${name} ${quoted(value)}`],
  );
  return `aws ${rest}${named.join('')}`;
}

/** For a shell, where it has to be. */
export const quoted = (value: string): string =>
  /^[\w.:/@-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
