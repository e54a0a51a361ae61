import type { Command } from 'commander';
import { withReceiverOptions } from '../../local/arguments.ts';
import { startReceiver } from '../../local/receiver.ts';

/** `hookline receiver`: plays a customer's server until Ctrl+C. */
export function defineReceiver(command: Command): void {
  withReceiverOptions(command).action(() => startReceiver(command.opts<{ readonly port: number }>().port));
}
