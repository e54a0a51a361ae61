import type { Command } from 'commander';

/** A command, whose file is loaded only when it runs or shows its help. */
export interface CommandEntry {
  readonly name: string;
  /** Its line in the list of commands. */
  readonly description: string;
  /** @returns a function that gives the command its arguments, options, subcommands and action */
  readonly load: () => Promise<(command: Command) => void>;
}

/** All commands, in the order of the help. */
export const commandEntries: readonly CommandEntry[] = [
  {
    name: 'init',
    description: 'add Hookline to a CDK app, or make a new one',
    load: async () => (await import('./commands/init.ts')).defineInit,
  },
  {
    name: 'start',
    description: 'run the app on this machine: an AWS emulator, and the real cdk deploy into it',
    load: async () => (await import('./commands/start.ts')).defineStart,
  },
  {
    name: 'receiver',
    description: "play a customer's server: print each request, and respond with the status in its path",
    load: async () => (await import('./commands/receiver.ts')).defineReceiver,
  },
  {
    name: 'env',
    description: 'print export lines for the local AWS: eval "$(npx hookline env)"',
    load: async () => (await import('./commands/env.ts')).defineEnv,
  },
  {
    name: 'secrets',
    description: 'store and rotate signing secrets',
    load: async () => (await import('./commands/secrets.ts')).defineSecrets,
  },
  {
    name: 'dlq',
    description: 'list dead letters, send them back, and drop them',
    load: async () => (await import('./commands/dlq.ts')).defineDlq,
  },
  {
    name: 'events',
    description: 'list and replay inbound events that failed or had no handler',
    load: async () => (await import('./commands/events.ts')).defineEvents,
  },
  {
    name: 'endpoints',
    description: 'manage endpoints: the URLs of your customers and the events that they get',
    load: async () => (await import('./commands/endpoints.ts')).defineEndpoints,
  },
  {
    name: 'deliveries',
    description: 'list, show and retry deliveries to endpoints',
    load: async () => (await import('./commands/deliveries.ts')).defineDeliveries,
  },
  {
    name: 'recover',
    description: 'replay all deliveries of an endpoint that failed since a time',
    load: async () => (await import('./commands/recover.ts')).defineRecover,
  },
  {
    name: 'recover-cancel',
    description: 'stop a recovery; the deliveries that it has replayed stay replayed',
    load: async () => (await import('./commands/recover.ts')).defineRecoverCancel,
  },
  {
    name: 'publish',
    description: 'publish an event to a tenant, to one of its endpoints or to a URL',
    load: async () => (await import('./commands/publish.ts')).definePublish,
  },
  {
    name: 'ips',
    description: 'print the fixed addresses that deliveries come from, as webhook-ips.json',
    load: async () => (await import('./commands/ips.ts')).defineIps,
  },
  {
    name: 'ranges',
    description:
      "show the address ranges that providers publish (allowedCidrs: 'published') and how old each list is",
    load: async () => (await import('./commands/ranges.ts')).defineRanges,
  },
  {
    name: 'send',
    description: "sign a realistic event with a source's secret, as its provider does, and send it",
    load: async () => (await import('./commands/send.ts')).defineSend,
  },
  {
    name: 'explain',
    description: 'explain why a request was refused: the latest that the source kept, or one from a file',
    load: async () => (await import('./commands/explain.ts')).defineExplain,
  },
  {
    name: 'doctor',
    description:
      'check a deployed stack: secrets, dead letters, alarms, consumers, sweep, concurrency, clock; before the first deploy, check the account',
    load: async () => (await import('./commands/doctor.ts')).defineDoctor,
  },
  {
    name: 'kept',
    description:
      'list the secrets and queues that removed sources, or earlier deployments of the stack, left behind',
    load: async () => (await import('./commands/kept.ts')).defineKept,
  },
  {
    name: 'adopt',
    description:
      'take over the secret and the events that a source left when it was removed or its stack was destroyed',
    load: async () => (await import('./commands/adopt.ts')).defineAdopt,
  },
  {
    name: 'tail',
    description:
      'follow delivery attempts live, or with --source the requests and handler runs of a source; --json prints the raw log lines',
    load: async () => (await import('./commands/tail.ts')).defineTail,
  },
  {
    name: 'listen',
    description: 'get a copy of every event that a source receives, and post it to a local URL',
    load: async () => (await import('./commands/listen.ts')).defineListen,
  },
];
