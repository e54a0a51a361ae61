import { parseMessage } from '../../domain/messages.ts';
import type { RemoteTarget, TargetsByType } from '../../domain/target.ts';
import { type SendToTarget, TargetAddresses } from '../../domain/target-message.ts';

/** A source with targets. */
interface WithTargets {
  readonly name: string;
  readonly to?: TargetsByType;
}

/**
 * Makes what sends messages to the targets of some sources.
 *
 * @param addresses JSON: for each source the ARNs or URLs, in the order of their `at`
 * @throws MalformedMessageError when it is not that; TypeError when it lacks the address of a target
 */
export async function loadTargets(
  sources: readonly WithTargets[],
  addresses: string,
): Promise<(target: RemoteTarget, ...args: Parameters<SendToTarget>) => Promise<void>> {
  const places = sources.flatMap(({ name, to = {} }) =>
    Object.values(to)
      .flat()
      .flatMap((target) => (target.kind === 'handlers' ? [] : [{ name, target }])),
  );
  const known = places.length === 0 ? {} : parseMessage(TargetAddresses, 'TARGETS', addresses);
  const loaded = new Map<string, SendToTarget>();
  for (const { name, target } of places) {
    const address = known[name]?.[target.at];
    if (address === undefined) throw new TypeError(`TARGETS lacks target ${target.at} of ${name}`);
    const key = `${name}/${target.at}`;
    if (!loaded.has(key)) loaded.set(key, await loadTarget(target, address));
  }
  return async (target, message, signal) => {
    const send = loaded.get(`${message.source}/${target.at}`);
    if (send === undefined) throw new TypeError(`${message.source} has no target ${target.at}`);
    await send(message, signal);
  };
}

/**
 * Makes what sends messages to a target.
 *
 * Loads the code of this kind only: a bundle has no other, and few functions have a target.
 *
 * @param address the target's ARN, or the URL of a queue
 */
async function loadTarget(target: RemoteTarget, address: string): Promise<SendToTarget> {
  switch (target.kind) {
    case 'bus':
      return (await import('./bus.ts')).busAt(address);
    case 'queue':
      return (await import('./queue.ts')).queueAt(address, target);
    case 'topic':
      return (await import('./topic.ts')).topicAt(address, target);
    case 'function':
      return (await import('./function.ts')).functionAt(address);
    case 'stateMachine':
      return (await import('./state-machine.ts')).stateMachineAt(address);
  }
}
