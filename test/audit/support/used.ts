import { readFileSync } from 'node:fs';
import { anySource, awsAction, pathOf, roleOf, type Template, textOf } from './granted.ts';

/** Physical names of a stack's resources by logical id. */
export type PhysicalNames = Readonly<Record<string, string>>;

/** The permissions that the roles of a stack used, in the words of `grantedPermissions`. */
export function usedPermissions(file: string, template: Template, names: PhysicalNames): Set<string> {
  const paths = Object.entries(names).map(([id, name]) => {
    const resource = template.Resources[id];
    return { name, path: resource === undefined ? '' : pathOf(resource) };
  });
  const used = new Set<string>();
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    const [principal, action, arn]: readonly [string, string, string] = JSON.parse(line);
    const roleName = /:assumed-role\/([^/]+)\//.exec(principal)?.[1] ?? /:role\/(.+)$/.exec(principal)?.[1];
    const role = paths.find(({ name }) => name === roleName);
    if (role === undefined) continue;
    const found = namedIn(arn, paths);
    const resource = anySource(found === undefined ? arn : `${found.path}${found.suffix}`);
    used.add(textOf({ role: roleOf(role.path), action: awsAction(action), resource }));
  }
  return used;
}

/** The resource that an ARN names, and what follows the name: an index, a folder of a bucket. */
function namedIn(
  arn: string,
  paths: readonly { readonly name: string; readonly path: string }[],
): { readonly path: string; readonly suffix: string } | undefined {
  for (const { name, path } of paths) {
    // A queue's physical name is its URL, a secret's and a topic's is the ARN.
    const own = /^https?:/.test(name) ? name.slice(name.lastIndexOf('/') + 1) : name;
    if (arn === own) return { path, suffix: '' };
    const start = Math.max(arn.indexOf(`:${own}`), arn.indexOf(`/${own}`));
    if (start < 0) continue;
    const suffix = arn.slice(start + 1 + own.length);
    if (suffix === '' || suffix.startsWith('/')) return { path, suffix };
    // Log streams; the six characters that Secrets Manager adds to a name.
    if (/^(?::|-[A-Za-z0-9]{6}$)/.test(suffix)) return { path, suffix: '' };
  }
  return undefined;
}
