import { createHash, createHmac } from 'node:crypto';

/** The files that a new provider changes, as texts. */
export interface SkeletonFiles {
  readonly row: string;
  readonly vectors: string;
  readonly catalogue: string;
  readonly docs: string;
}

/**
 * A provider that signs its body with HMAC-SHA256 in hex, which is what most do: to be changed into what it really does.
 *
 * @param slug as a source's `provider` will name it
 * @param current the catalogue and the table of providers as they are
 */
export function providerSkeleton(
  slug: string,
  current: Pick<SkeletonFiles, 'catalogue' | 'docs'>,
): SkeletonFiles {
  return {
    row: row(slug),
    vectors: vectors(slug),
    catalogue: withRow(current.catalogue, slug),
    docs: withDocs(current.docs, slug),
  };
}

const identifier = (slug: string): string =>
  slug.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

const row = (slug: string): string => `import type { Provider } from '../provider.ts';
import { body, hash, hmacSha256Hex, single } from '../words.ts';

/** @see the page of ${slug} that says how it signs */
export const ${identifier(slug)}: Provider = {
  secret: 'text',
  signature: {
    header: 'x-${slug}-signature',
    format: single(),
    versions: { only: hmacSha256Hex },
    signed: '{body}',
  },
  body: 'json',
  id: hash,
  type: body('type'),
  attributes: {},
  forward: [],
};
`;

/** Imports and entries stay in the order of the alphabet. */
function withRow(catalogue: string, slug: string): string {
  const name = identifier(slug);
  const entry = name === slug ? `  ${name},` : `  '${slug}': ${name},`;
  const added = insertSorted(
    catalogue.split('\n'),
    `import { ${name} } from './providers/${slug}.ts';`,
    /^import .* from '\.\/providers\/(.+)\.ts';$/,
  );
  return insertSorted(added, entry, /^ {2}'?([a-z0-9-]+)'?(?:: \w+)?,$/).join('\n');
}

/** The page has other tables, before and after that of the providers. */
function withDocs(docs: string, slug: string): string {
  const lines = docs.split('\n');
  const head = lines.findIndex((line) => line.startsWith('| provider | signature |'));
  const end = lines.findIndex((line, index) => index > head && !line.startsWith('|'));
  const columns = (lines[head] ?? '').split('|').length - 2;
  const cells = [`\`${slug}\``, ...Array.from({ length: columns - 1 }, () => '–')];
  const table = insertSorted(lines.slice(head, end), `| ${cells.join(' | ')} |`, /^\| `([a-z0-9-]+)` \|/);
  return [...lines.slice(0, head), ...table, ...lines.slice(end)].join('\n');
}

/** Puts a line in front of the first that is greater by what the pattern captures, or behind the last. */
function insertSorted(lines: readonly string[], line: string, pattern: RegExp): string[] {
  const key = pattern.exec(line)?.[1] ?? '';
  const known = lines.flatMap((text, index) => {
    const other = pattern.exec(text)?.[1];
    return other === undefined ? [] : [{ index, other }];
  });
  const last = known.at(-1)?.index ?? lines.length - 1;
  const at = known.find(({ other }) => other > key)?.index ?? last + 1;
  return [...lines.slice(0, at), line, ...lines.slice(at)];
}

/** The standard vectors, computed for the skeleton: what is accepted, and what is near it. */
function vectors(slug: string): string {
  const body = '{"type":"example.created"}';
  const header = `x-${slug}-signature`;
  const secret = `${slug}-secret`;
  const signed = (key: string) => ({ [header]: createHmac('sha256', key).update(body).digest('hex') });
  const id = createHash('sha256').update(body).digest('hex');
  const vector = (name: string, expect: object, changes: object = {}) => ({
    name,
    secret,
    headers: signed(secret),
    body,
    ...changes,
    expect,
  });
  const refused = (reason?: string) => ({ status: 401, error: 'invalid_signature', reason });
  const accepted = { status: 200, id, type: 'example.created' };
  const all = [
    vector('signed', accepted),
    vector('signed with the previous secret, while the overlap lasts', accepted, {
      secret: `${secret}-new`,
      previous: secret,
    }),
    vector('white space around the stored secret', accepted, { secret: ` ${secret}\n` }),
    vector('another secret', refused('mismatch'), { headers: signed('another') }),
    vector('the last byte of the body changed', refused('mismatch'), { body: `${body.slice(0, -1)}]` }),
    vector('without the header', refused('missing-header'), { headers: {} }),
    vector('a signature cut short', refused(), {
      headers: { [header]: signed(secret)[header]?.slice(0, -1) },
    }),
    vector('garbage for a signature', refused(), { headers: { [header]: 'garbage' } }),
    vector(
      'signed with unset while the secret is unset',
      { status: 503, error: 'secret_not_set' },
      {
        secret: 'unset',
        headers: signed('unset'),
      },
    ),
    vector('signed with unset after the first secret was set', refused('mismatch'), {
      previous: 'unset',
      headers: signed('unset'),
    }),
  ];
  const origin = `A skeleton: replace it with what the documents or the library of ${slug} sign.`;
  const file = { origin, source: { provider: slug }, now: 1_795_000_000, vectors: all };
  return `${JSON.stringify(file, null, 2)}\n`;
}
