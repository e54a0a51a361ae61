import type { Command } from 'commander';
import { openDeployment } from '../stack/deployment.ts';
import type { TargetOptions } from '../stack/target.ts';
import { RefusedError } from '../terminal/errors.ts';
import { print } from '../terminal/print.ts';

/** `webhook-ips.json`: the ranges that deliveries come from, for firewalls of customers. */
interface WebhookIps {
  readonly webhooks: readonly string[];
}

/** `hookline ips`: prints the addresses that deliveries come from, as the file to publish. */
export function defineIps(command: Command): void {
  command.action(() => show(command.optsWithGlobals()));
}

async function show(options: TargetOptions): Promise<void> {
  const { egressAddresses } = await openDeployment(options);
  if (egressAddresses === undefined)
    throw new RefusedError(
      "The deliveries of this deployment come from no addresses of its own: set outbound.egress to 'static'. With a VPC of yours, its NAT gateways have the addresses.",
    );
  const ips: WebhookIps = { webhooks: egressAddresses.split(',').map((address) => `${address}/32`) };
  print(options, ips, JSON.stringify(ips, undefined, 2));
}
