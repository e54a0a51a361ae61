/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process, in which Lambda puts region and credentials: an AWS client is configured by it. */
export const ownEnvironment: Environment = process.env;

/** The environment lacks what a call of AWS needs, or asks for something that this client does not support. */
export class AwsConfigurationError extends Error {
  override name = 'AwsConfigurationError' as const;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only temporary credentials have one, as those of a function's role. */
  readonly sessionToken?: string;
}

/** Reads the credentials that Lambda gives to a function. @throws AwsConfigurationError without them */
export function credentialsIn(environment: Environment): Credentials {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = environment;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY)
    throw new AwsConfigurationError(
      'AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set: the functions read credentials from their environment only, where Lambda puts those of their role',
    );
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
  };
}
