import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const markdownIn = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
/** Every page of the repository. */
const pages = [
  ...markdownIn('.'),
  ...readdirSync(join(root, 'docs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath.slice(root.length + 1), entry.name)),
];

const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');
/** Blocks of code hold shell and JSON, not links. */
const withoutBlocks = (text: string): string => text.replace(/^ *```[\s\S]*?^ *```/gm, '');
const withoutCode = (text: string): string => withoutBlocks(text).replace(/`[^`\n]*`/g, '');

/** GitHub's anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
    .replaceAll(' ', '-');

function anchorsOf(page: string): readonly string[] {
  const seen = new Map<string, number>();
  return [...withoutBlocks(textOf(page)).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading = '']) => {
    const anchor = anchorOf(heading);
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

interface Link {
  readonly page: string;
  readonly target: string;
}

const links: readonly Link[] = pages.flatMap((page) =>
  [...withoutCode(textOf(page)).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)]
    .map(([, target = '']) => ({ page, target }))
    .filter(({ target }) => !/^[a-z]+:/i.test(target)),
);

/** @returns what is wrong with a relative link, if anything */
function problemWith({ page, target }: Link): string | undefined {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, file))) return `${page} links to ${target}: there is no ${file}`;
  if (anchor === undefined || !file.endsWith('.md')) return undefined;
  return anchorsOf(file).includes(anchor)
    ? undefined
    : `${page} links to ${target}: ${file} has no heading with the anchor #${anchor}`;
}

/** The changelog names files as they were. */
const pagesOfToday = pages.filter((page) => page !== 'CHANGELOG.md');
const folders = '(?:\\.ci|\\.github|bench|bin|cli|client|cost|docs|lambdas|lib|local|test|tools)';
const paths = pagesOfToday.flatMap((page) =>
  [...withoutBlocks(textOf(page)).matchAll(new RegExp(`\`(${folders}/[^\\s\`]*)\``, 'g'))].map(
    ([, path = '']) => ({ page, path }),
  ),
);

/** The part of a path before its first placeholder: `lambdas/*` and `providers/<name>.ts` name folders. */
const fixedPartOf = (path: string): string => {
  const [fixed = ''] = path.split(/[*<{…]/);
  return fixed === path ? path : fixed.slice(0, fixed.lastIndexOf('/') + 1);
};

describe('the pages of this repository', () => {
  it('the pages of this repository have relative links that lead to a file and to one of its headings', () => {
    expect(links.length).toBeGreaterThan(20);
    expect(links.map(problemWith).filter((problem) => problem !== undefined)).toEqual([]);
  });

  it('the pages of this repository name no file or folder that does not exist', () => {
    const missing = paths.filter(({ path }) => !existsSync(join(root, fixedPartOf(path))));

    expect(paths.length).toBeGreaterThan(50);
    expect(missing.map(({ page, path }) => `${page} names ${path}`)).toEqual([]);
  });
});

describe('the anchors of headings', () => {
  it.each([
    ['What it costs', 'what-it-costs'],
    ['With a public key (`whpk_…`)', 'with-a-public-key-whpk_'],
    ['2026-11-28 · `fetch`, and more', '2026-11-28--fetch-and-more'],
    ['A [link](page.md) in it', 'a-link-in-it'],
  ])('the anchor of the heading %s is %s, as on GitHub', (heading, anchor) => {
    expect(anchorOf(heading)).toBe(anchor);
  });
});
