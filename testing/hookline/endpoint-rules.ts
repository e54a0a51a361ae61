import type { OutboundSettings } from '../../lambdas/domain/outbound-settings.ts';

/** The rules for endpoints that only need settings. */
export const endpointRules = (settings: OutboundSettings) => ({
  hasTime: () => true,
  rules: settings,
  checkHostname: async () => undefined,
  maxTimeoutSeconds: settings.attemptTimeout / 1000,
  maxConcurrent: settings.maxConcurrent,
  retention: settings.deliveryRetention,
});
