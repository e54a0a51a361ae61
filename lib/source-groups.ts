import type { Throttles } from './inbound-api.ts';
import type { Sources } from './source-props.ts';
import { mostOf, sharedThrottle } from './source-throttles.ts';

/** Sources that share a receiver, a queue and a consumer. */
export interface SourceGroup {
  readonly id: string;
  readonly path: string;
  readonly sources: Sources;
}

/** A group with its route keys. */
interface RoutedGroup extends SourceGroup {
  readonly routeKeys: readonly string[];
}

const sharedPath = '{source}';
const isShared = ({ path }: SourceGroup): boolean => path === sharedPath;

/** One group, or one for each source. */
export function groupsOf(isolation: 'per-source' | 'shared' | undefined, sources: Sources): SourceGroup[] {
  if (Object.keys(sources).length === 0) return [];
  if (isolation === 'shared') return [{ id: 'Sources', path: sharedPath, sources }];
  return Object.entries(sources).map(([name, source]) => ({
    id: `Source-${name}`,
    path: name,
    sources: { [name]: source },
  }));
}

/**
 * Computes the throttles of the stage.
 *
 * A route has its own settings only if its source sets them, because API Gateway keeps the settings of a removed route and then
 * refuses every change of the stage. A shared route is the only one and needs the maximum over its sources, so it uses the
 * stage's default.
 */
export function throttlesOf(groups: readonly RoutedGroup[]): Throttles {
  const set = (group: RoutedGroup) => Object.values(group.sources).flatMap(({ throttle }) => throttle ?? []);
  const isOwn = (group: RoutedGroup) => !isShared(group) && set(group).length > 0;
  const byDefault = groups.filter((group) => !isOwn(group)).flatMap(({ sources }) => Object.values(sources));
  const routes = groups
    .filter(isOwn)
    .flatMap((group) => group.routeKeys.map((key) => [key, mostOf(set(group))] as const))
    .flatMap(([key, throttle]) => (throttle === undefined ? [] : [[key, throttle] as const]));
  return { byDefault: sharedThrottle(byDefault), routes: new Map(routes) };
}
