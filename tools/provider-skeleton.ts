import { createHash, createHmac } from 'node:crypto';

/** The contents of the files that a new provider adds or changes. */
export interface SkeletonFiles {
  readonly row: string;
  readonly sample: string;
  readonly vectors: string;
  readonly catalogue: string;
  readonly samples: string;
  readonly docs: string;
}

/**
 * Writes a provider that signs its body with HMAC-SHA256 in hex, as most do; its author then changes what differs.
 *
 * @param slug the provider's name in a source's `provider`
 * @param current the present catalogue and table of providers
 */
export function providerSkeleton(
  slug: string,
  current: Pick<SkeletonFiles, 'catalogue' | 'samples' | 'docs'>,
): SkeletonFiles {
  return {
    row: row(slug),
    sample: sample(slug),
    vectors: vectors(slug),
    catalogue: withRow(current.catalogue, slug, ''),
    samples: withRow(current.samples, slug, '.sample'),
    docs: withDocs(current.docs, slug),
  };
}

const identifier = (slug: string): string =>
  slug.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

const row = (slug: string): string => `import type { Provider } from '../provider.ts';
import { body, hash, hmacSha256Hex, single } from '../provider-dsl.ts';

/** @see the documentation of ${slug} about signatures */
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

const sample = (slug: string): string => `import type { MakeSample } from '../sample.ts';

/** What \`hookline send\` sends for ${slug}. */
export const sample: MakeSample = ({ uuid, iso }) => ({
  json: { id: uuid, type: 'example.created', created_at: iso },
});
`;

/** Adds the import and the entry, in alphabetical order. @param suffix of the imported files */
function withRow(table: string, slug: string, suffix: '' | '.sample'): string {
  const name = identifier(slug);
  const entry = name === slug ? `  ${name},` : `  '${slug}': ${name},`;
  const imported = suffix === '' ? name : `sample as ${name}`;
  const added = insertSorted(
    table.split('\n'),
    `import { ${imported} } from './providers/${slug}${suffix}.ts';`,
    suffix === ''
      ? /^import .* from '\.\/providers\/(.+)\.ts';$/
      : /^import .* from '\.\/providers\/(.+)\.sample\.ts';$/,
  );
  return insertSorted(added, entry, /^ {2}'?([a-z0-9-]+)'?(?:: \w+)?,$/).join('\n');
}

/** Adds a row to the table of providers, which is not the page's only table. */
function withDocs(docs: string, slug: string): string {
  const lines = docs.split('\n');
  const head = lines.findIndex((line) => line.startsWith('| provider | signature |'));
  const end = lines.findIndex((line, index) => index > head && !line.startsWith('|'));
  const columns = (lines[head] ?? '').split('|').length - 2;
  const cells = [`\`${slug}\``, ...Array.from({ length: columns - 1 }, () => '–')];
  const table = insertSorted(lines.slice(head, end), `| ${cells.join(' | ')} |`, /^\| `([a-z0-9-]+)` \|/);
  return [...lines.slice(0, head), ...table, ...lines.slice(end)].join('\n');
}

/** Inserts a line before the first with a greater capture of the pattern, or after the last. */
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

/** The standard vectors for the skeleton: accepted requests, and refused ones that are close to them. */
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
  const origin = `A skeleton: replace it with signatures from the documentation or the library of ${slug}.`;
  const file = { origin, source: { provider: slug }, now: 1_795_000_000, vectors: all };
  return `${JSON.stringify(file, null, 2)}\n`;
}
