import type { CallBounds } from './call-bounds.ts';

/** Node gives each of several addresses 250 ms, however long a connection may take. */
const agentOf = ({ connectionTimeoutMs }: CallBounds) => ({
  autoSelectFamilyAttemptTimeout: connectionTimeoutMs / 2,
});

/** The configuration of every AWS client. Each service's client is in its own file, so a function bundles only the SDKs it uses. */
export const clientConfig = (bounds: CallBounds) => ({
  maxAttempts: bounds.maxAttempts,
  requestHandler: {
    connectionTimeout: bounds.connectionTimeoutMs,
    requestTimeout: bounds.requestTimeoutMs,
    throwOnRequestTimeout: true,
    httpAgent: agentOf(bounds),
    httpsAgent: agentOf(bounds),
  },
});
