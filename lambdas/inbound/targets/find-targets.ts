import { type Handler, matchType } from '../../domain/handler.ts';
import type { RemoteTarget } from '../../domain/target.ts';
import type { FindTargets, Route } from './find-route.ts';
import { handToAll } from './hand-to-all.ts';
import { type TargetPorts, targetMessage } from './target-message.ts';

/** Finds targets, and makes what gives an event to them. Only a consumer with targets loads this file. */
export function findTargetsBy(ports: TargetPorts): FindTargets {
  const handOver =
    (target: RemoteTarget): Handler =>
    async (event, { signal }) =>
      ports.sendToTarget(target, await targetMessage(event, target, ports), signal);

  return (to, handler, type): Route | undefined => {
    const declaredAs = matchType(Object.keys(to), type);
    if (declaredAs === undefined) return undefined;
    const routes = (to[declaredAs] ?? []).flatMap((target) =>
      target.kind === 'handlers' ? (handler ?? []) : { declaredAs, run: handOver(target) },
    );
    return routes.length > 1 ? { declaredAs, run: handToAll(routes.map(({ run }) => run)) } : routes[0];
  };
}
