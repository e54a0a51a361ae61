import type { Command, CommandClient } from '../../lambdas/adapters/aws/command.ts';

/** A client of a service whose answers are made by a function. */
export const clientBy = <Service extends string>(
  send: (command: Command<Service, object, unknown>) => Promise<unknown>,
): CommandClient<Service> => ({ send: send as CommandClient<Service>['send'] });
