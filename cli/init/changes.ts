import { createTwoFilesPatch } from 'diff';

/** A file that `hookline init` writes. */
export interface Change {
  /** Relative to the app's folder, with `/`. */
  readonly path: string;
  /** Undefined for a new file. */
  readonly before: string | undefined;
  readonly after: string;
}

/** All changes as one patch, as `git diff` prints it. */
export function patchOf(changes: readonly Change[]): string {
  return changes
    .map(({ path, before, after }) => {
      const from = before === undefined ? '/dev/null' : `a/${path}`;
      return createTwoFilesPatch(from, `b/${path}`, before ?? '', after, undefined, undefined, {
        context: 3,
        headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
      });
    })
    .join('');
}
