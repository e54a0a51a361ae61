import type { InboundPorts } from '../../lambdas/inbound/ports.ts';

/** For sources without targets. */
export const noTargets: Pick<InboundPorts, 'findTargets'> = { findTargets: () => undefined };
