import { defaultStateDir } from '../../local/state.ts';
import type { TargetOptions } from '../stack/target.ts';

/** The next command to type, with the options that choose the same deployment. */
export function nextCommand(options: TargetOptions, rest: string): string {
  const { local, stack, construct, profile, region, stateDir } = options;
  const ownStateDir = stateDir === defaultStateDir ? undefined : stateDir;
  const named = { stack, construct, profile, region, 'state-dir': ownStateDir };
  const values = Object.entries(named).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${quoted(value)}`],
  );
  return ['npx hookline', ...(local ? ['--local'] : []), ...values, rest].join(' ');
}

/** The same for the AWS CLI. */
export function awsCommand({ profile, region }: TargetOptions, rest: string): string {
  const named = Object.entries({ profile, region }).flatMap(([name, value]) =>
    value === undefined ? [] : [` --${name} ${quoted(value)}`],
  );
  return `aws ${rest}${named.join('')}`;
}

/** Quotes a value for a shell, if necessary. */
export const quoted = (value: string): string =>
  /^[\w.:/@-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
