import type { RoutePorts } from '../../../lambdas/inbound/targets/find-route.ts';

/** For sources without targets. */
export const noTargets: RoutePorts = { findTargets: () => undefined };
