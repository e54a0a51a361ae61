import type { CallBounds } from '../call-bounds.ts';
import { awsCaller } from './client.ts';
import type { CommandClient } from './command.ts';
import { type Environment, ownEnvironment } from './environment.ts';
import type { JsonService } from './service.ts';

/** A client of a service whose inputs and outputs are plain JSON. @throws AwsConfigurationError */
export function jsonClient<Name extends JsonService['name']>(
  service: JsonService & { readonly name: Name },
  bounds: CallBounds,
  environment: Environment = ownEnvironment,
): CommandClient<Name> {
  const call = awsCaller(service, bounds, environment);
  return {
    // The service's answer to a command has the shape that the API states for it.
    send: async (command) => Object(await call(command.action, JSON.stringify(command.input))) as never,
  };
}
