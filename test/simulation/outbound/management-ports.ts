import type { OutboundSettings } from '../../../lambdas/domain/outbound-settings.ts';
import { memorySealing } from '../../../testing/memory/sealing.ts';
import { inboundTable } from '../../support/worlds/inbound-tables.ts';
import type { outboundWorld } from '../../support/worlds/outbound-world.ts';

/** What the management API calls beside the ports of the flow. @param newId makes ids that are the same in every run */
export const managementPorts = (
  { eventTypes }: Pick<ReturnType<typeof outboundWorld>, 'eventTypes'>,
  settings: OutboundSettings,
  newId: (prefix: string) => string,
) => ({
  hasTime: () => true,
  newId,
  rules: settings,
  checkHostname: async () => undefined,
  maxTimeoutSeconds: 30,
  maxConcurrent: undefined,
  retention: settings.deliveryRetention,
  secrets: memorySealing,
  eventTypes,
  checkSchema: async () => undefined,
  sources: [],
  inboundEvents: inboundTable(),
  getBody: async () => undefined,
  putBody: async () => undefined,
  enqueueFor: async () => undefined,
});
