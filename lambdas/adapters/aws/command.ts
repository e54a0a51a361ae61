/**
 * One call of an AWS service: an action of its API, with its input in the words of the SDK's command of the same name.
 *
 * `Output` is what a client returns for it, without the SDK's `$metadata`.
 */
export abstract class Command<Service extends string, Input extends object, Output> {
  abstract readonly service: Service;
  /** As the API names it, e.g. `UpdateItem`. */
  abstract readonly action: string;
  readonly input: Input;
  /** Never set: it ties the type of the output to the command. */
  declare readonly output?: Output;

  constructor(input: Input) {
    this.input = input;
  }
}

/** A client of one service. The functions have a lean one, the command line tool one that calls the SDK. */
export interface CommandClient<Service extends string> {
  readonly send: <Output>(command: Command<Service, object, Output>) => Promise<Output>;
}

/** A command's output as the SDK types it, without what only the SDK knows. */
export type OutputOf<SdkOutput> = Omit<SdkOutput, '$metadata'>;
