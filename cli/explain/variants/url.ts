import type { RawRequest } from '../../../lambdas/domain/raw-request.ts';
import { distinct, type TextVariant, type Variant } from './variant.ts';

/**
 * The URLs that the provider may have signed instead.
 *
 * @param known the other URLs of the source
 */
export function urlVariants(request: RawRequest, known: readonly string[]): Variant<string>[] {
  const { url } = request;
  const [base = url, query] = url.split('?');
  const search = query === undefined ? '' : `?${query}`;
  const others: TextVariant[] = [
    ['with a slash at the end of the URL', `${base}/${search}`],
    ['without the slash at the end of the URL', `${base.replace(/\/$/, '')}${search}`],
    ['with http instead of https', url.replace(/^https:/, 'http:')],
    ['with https instead of http', url.replace(/^http:/, 'https:')],
    ['with the port in the URL', url.replace(/^(https:\/\/[^/:]+)\//, '$1:443/')],
    ['with the port in the URL', url.replace(/^(http:\/\/[^/:]+)\//, '$1:80/')],
    ['without the port in the URL', url.replace(/^(https?:\/\/[^/:]+):\d+/, '$1')],
    ['without the query of the URL', base],
    ['with the escapes of the URL decoded', unescaped(url)],
    [
      'with the name of the host in lower case',
      url.replace(/^[^/]*\/\/[^/]*/, (origin) => origin.toLowerCase()),
    ],
    ...known.map((other): TextVariant => {
      const [path = ''] = other.split('?');
      return [`for the URL ${path}`, path + search];
    }),
    ...forwarded(request, search),
  ];
  return distinct(others, url).map(([when, value]) => ({ when, value }));
}

function unescaped(url: string): string {
  try {
    return decodeURI(url);
  } catch {
    return url;
  }
}

/** The URLs by which the caller or a proxy names the source. They are only compared, never trusted. */
function forwarded({ url, headers }: RawRequest, search: string): TextVariant[] {
  const path = url.replace(/^[^/]*\/\/[^/]*/, '').split('?')[0] ?? '';
  const hosts = ['x-forwarded-host', 'x-original-host', 'host']
    .map((name) => headers.get(name)?.split(',')[0]?.trim())
    .filter((host) => host !== undefined && host !== '');
  const prefix = headers.get('x-forwarded-prefix') ?? '';
  const paths = ['x-original-url', 'x-rewrite-url', 'x-original-uri', 'x-forwarded-uri', 'x-forwarded-path']
    .map((name) => headers.get(name)?.replace(/^https?:\/\/[^/]*/, '') ?? '')
    .filter((original) => original.startsWith('/'))
    .map((original) => original.split('?')[0] ?? '');
  return hosts.flatMap((host) =>
    ['https', 'http'].flatMap((scheme) =>
      [path, prefix + path, ...paths].map((whole): TextVariant => {
        const other = `${scheme}://${host}${whole}`;
        return [`for the URL ${other}`, other + search];
      }),
    ),
  );
}
