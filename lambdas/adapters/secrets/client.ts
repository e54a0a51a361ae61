import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type CallBounds, clientConfig } from '../call-bounds.ts';

export const secretsClient = (bounds: CallBounds): SecretsManagerClient =>
  new SecretsManagerClient(clientConfig(bounds));
