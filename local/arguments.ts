import { existsSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { readOptions } from '../tools/read-options.ts';
import { LocalAwsError } from './failure.ts';
import { defaultStateDir } from './state.ts';

export interface StartArguments {
  /** The file of a CDK app. @default the app of `cdk.json` */
  readonly app?: string;
  readonly strict: boolean;
  readonly port: number;
  readonly metricsPort: number;
  readonly watch: boolean;
  readonly verbose: boolean;
  readonly stateDir: string;
}

/** The customary ports of AWS emulators, of OpenTelemetry's Prometheus exporters, and of web servers. */
const defaultPorts = { aws: 4566, metrics: 9464, receiver: 3000 };

/**
 * Reads the arguments after `npm start --`.
 *
 * @returns undefined when only help was requested, which is then printed
 * @throws LocalAwsError naming the wrong argument
 */
export function parseStartArguments(args: readonly string[]): StartArguments | undefined {
  return readOptions<StartArguments>(startCommand(), args, LocalAwsError);
}

const startCommand = (): Command =>
  withStartOptions(new Command('npm start --'))
    .description('Runs Hookline on this machine: an AWS emulator, and the real cdk deploy into it.')
    .option(
      '--state-dir <directory>',
      'the directory for its files; with another one, two can run side by side',
      defaultStateDir,
    );

/** Gives a command the options of a start, without the state directory. */
export const withStartOptions = (command: Command): Command =>
  command
    .option('--strict', 'enforce IAM, resource policies and TLS, as AWS does', false)
    .addOption(portOption('--port <number>', 'the port of the local AWS', defaultPorts.aws))
    .addOption(portOption('--metrics-port <number>', 'the port of /metrics', defaultPorts.metrics))
    .option('--app <file>', 'a CDK app that Node runs (default: the app of cdk.json)', existingFile)
    .option('--watch', 'deploy again whenever a file of the app is saved', false)
    .option('--verbose', "print the functions' log lines as JSON, unchanged", false);

/** Gives a command the options of the receiver. */
export const withReceiverOptions = (command: Command): Command =>
  command.addOption(portOption('--port <number>', 'its port', defaultPorts.receiver));

const portOption = (flags: string, description: string, value: number): Option =>
  new Option(flags, `${description}; 0: any free port`).default(value).argParser(portNumber);

function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be a number from 0 to 65535.');
}

function existingFile(file: string): string {
  if (existsSync(file)) return file;
  throw new InvalidArgumentError('The file does not exist.');
}
