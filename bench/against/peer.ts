import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Calls the API of a running server. @throws when the answer is not a success */
export type CallApi = (method: 'POST' | 'PUT', path: string, body?: object) => Promise<void>;

/** Another product that sends webhooks, as its own documentation describes its server. */
export interface Peer {
  readonly name: string;
  /** The server's program, and where its maker offers it. */
  readonly program: { readonly name: string; readonly source: string };
  /** What it stores events in. One of each list of variables has to be set; they are the server's own. */
  readonly stores: readonly { readonly variables: readonly string[]; readonly what: string }[];
  /** The page on these variables. */
  readonly settings: string;
  /** Arguments of the program that make its tables, if it does not do so at its start. */
  readonly migrate?: readonly string[];
  /** Arguments of the program that start the server. */
  readonly serve: readonly string[];
  /** Variables for the server, which the environment may override. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Variables for the server that the bench depends on. */
  variables(port: number): Readonly<Record<string, string>>;
  /** A path that answers with success as soon as the server works. */
  readonly health: string;
  /** The value of the `authorization` header. */
  authorization(): Promise<string>;
  /** Registers an endpoint for all events. */
  register(call: CallApi, url: string): Promise<void>;
  /** Publishes one event. @param data is delivered, with the event's id in it */
  publish(call: CallApi, id: string, data: object): Promise<void>;
}

/** Says in one line each what a peer needs and is not there. @param server the path of its program, if one was given */
export function missingFor(
  { name, program, stores, settings }: Peer,
  server: string | undefined,
  environment: NodeJS.ProcessEnv,
): readonly string[] {
  const path = server ?? programOnPath(program.name, environment);
  const noProgram =
    path !== undefined && isExecutable(path)
      ? []
      : [
          `${name}: ${server ?? `${program.name} on the PATH`} is not a program; name it by --server, or get it from ${program.source}`,
        ];
  const noStores = stores
    .filter(({ variables }) => variables.every((variable) => !environment[variable]))
    .map(({ variables, what }) => `${name}: ${variables.join(' or ')} has to name ${what}; see ${settings}`);
  return [...noProgram, ...noStores];
}

/** The path of a program; undefined when no folder of the PATH has it. */
export const programOnPath = (name: string, { PATH = '' }: NodeJS.ProcessEnv): string | undefined =>
  PATH.split(delimiter)
    .map((folder) => join(folder, name))
    .find(isExecutable);

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
