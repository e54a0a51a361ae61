import { asError } from '../../domain/errors.ts';
import { type Handler, PermanentFailure } from '../../domain/handler.ts';
import { isPermanentFailure } from '../run-handler.ts';

/** Some of several targets did not take an event. */
class PartlyTakenError extends Error {
  override name = 'PartlyTakenError' as const;
}

/**
 * Gives an event to several targets at once, and fails if one of them does. The next attempt gives it to all of them again.
 *
 * While one failure is worth a retry the event is retried: what refused it for good refuses it again.
 */
export function handToAll(handlers: readonly Handler[]): Handler {
  return async (event, context) => {
    const ends = await Promise.allSettled(handlers.map(async (handler) => handler(event, context)));
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    const [first] = failures;
    if (failures.length === 0) return;
    const reasons = failures.map((failure) => asError(failure).message).join('; ');
    const message = `${failures.length} of ${handlers.length} targets did not take it: ${reasons}`;
    const cause = asError(first);
    if (failures.every(isPermanentFailure)) throw new PermanentFailure(message, { cause });
    throw new PartlyTakenError(message, { cause });
  };
}
