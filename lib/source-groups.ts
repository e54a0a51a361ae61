import type { Throttle } from './inbound-api.ts';
import { sourceDefaults } from './settings.ts';
import type { Sources } from './source-settings.ts';

/** Sources that share a receiver, a queue and a consumer. */
export interface SourceGroup {
  readonly id: string;
  readonly path: string;
  readonly sources: Sources;
}

/** One group, or one for each source. */
export function groupsOf(isolation: 'per-source' | 'shared' | undefined, sources: Sources): SourceGroup[] {
  if (isolation === 'shared') return [{ id: 'Sources', path: '{source}', sources }];
  return Object.entries(sources).map(([name, source]) => ({
    id: `Source-${name}`,
    path: name,
    sources: { [name]: source },
  }));
}

/** The most that any of them needs, since they share the route. */
export function throttleOf(sources: Sources): Throttle {
  const throttles = Object.values(sources).map((source) => source.throttle ?? sourceDefaults.throttle);
  return {
    rate: Math.max(...throttles.map(({ rate }) => rate)),
    burst: Math.max(...throttles.map(({ burst }) => burst)),
  };
}
