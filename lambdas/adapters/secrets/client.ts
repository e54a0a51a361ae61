import { awsCaller } from '../aws/client.ts';
import { type Environment, ownEnvironment } from '../aws/environment.ts';
import { services } from '../aws/service.ts';
import type { CallBounds } from '../call-bounds.ts';
import type { SecretsClient } from './commands.ts';

/** A client of Secrets Manager for functions. @throws AwsConfigurationError */
export function secretsClient(bounds: CallBounds, environment: Environment = ownEnvironment): SecretsClient {
  const call = awsCaller(services.secretsmanager, bounds, environment);
  return {
    async send(command) {
      const { CreatedDate, ...output } = Object(await call(command.action, JSON.stringify(command.input)));
      // The API writes an instant as Unix seconds.
      const created = typeof CreatedDate === 'number' && { CreatedDate: new Date(CreatedDate * 1000) };
      return { ...output, ...created };
    },
  };
}
