import type { TargetOptions } from './target.ts';

/** What to type next, on the deployment that this command worked on. */
export function nextCommand(options: TargetOptions, rest: string): string {
  const { local, stack, profile, region } = options;
  const values = Object.entries({ stack, profile, region }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${quoted(value)}`],
  );
  return ['npx hookline', ...(local ? ['--local'] : values), rest].join(' ');
}

/** For a shell, where it has to be. */
const quoted = (value: string): string =>
  /^[\w.:/@-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
