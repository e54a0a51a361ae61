import { basename } from 'node:path';
import { providerOf } from '../../lambdas/domain/provider/catalogue.ts';
import type { Provider } from '../../lambdas/domain/provider/provider.ts';
import type { SourceSettings } from '../../lambdas/domain/source.ts';
import type { TargetSettings, TargetsByType } from '../../lambdas/domain/target.ts';

/** Files that a function loads for few providers. */
const forFew: Readonly<Record<string, (provider: Provider) => boolean>> = {
  'handshake-secret.ts': ({ handshake }) => handshake?.secretFromHandshake !== undefined,
  'once-only.ts': ({ onceOnly }) => onceOnly !== undefined,
};

/** The files of targets. What only one of them loads is left out with it. */
const targetKinds: Readonly<Record<string, TargetSettings['kind']>> = {
  'bus.ts': 'bus',
  'queue.ts': 'queue',
  'topic.ts': 'topic',
  'function.ts': 'function',
  'state-machine.ts': 'stateMachine',
};

/** The files that every consumer with targets loads. */
const forTargets: ReadonlySet<string> = new Set(['load-targets.ts', 'find-targets.ts']);

const hasTarget = (to: TargetsByType = {}, kind: TargetSettings['kind']): boolean =>
  Object.values(to).some((targets) => targets.some((target) => target.kind === kind));

/**
 * Whether the sources of a function do not need a file that it loads on demand.
 *
 * @param file the lazily loaded file
 */
export function isUnusedProviderCode(file: string, sources: readonly SourceSettings[]): boolean {
  if (forTargets.has(basename(file))) return sources.every(({ to }) => to === undefined);
  const kind = file.includes('/targets/') ? targetKinds[basename(file)] : undefined;
  if (kind !== undefined) return !sources.some(({ to }) => hasTarget(to, kind));
  const isProvider = file.includes('/provider/providers/');
  if (isProvider) return !sources.some(({ provider }) => `${provider}.ts` === basename(file));
  const isNeeded = forFew[basename(file)];
  return isNeeded !== undefined && !sources.some((source) => isNeeded(providerOf(source)));
}
