import { asError } from '../../domain/errors.ts';
import { executionName, type SendToTarget } from '../../domain/target-message.ts';
import { Command, type CommandClient } from '../aws/command.ts';
import { jsonClient } from '../aws/json-client.ts';
import { targetServices } from '../aws/target-services.ts';
import { patientCalls } from '../call-bounds.ts';
import { refusal } from './refusal.ts';

export type StatesClient = CommandClient<'states'>;

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
export class StartExecutionCommand extends Command<
  'states',
  { readonly stateMachineArn: string; readonly name: string; readonly input: string },
  { readonly executionArn?: string }
> {
  readonly service = 'states';
  readonly action = 'StartExecution';
}

/**
 * A Step Functions state machine as a target: an execution for each event, named by its key.
 *
 * A Standard state machine has a name once in 90 days, so a repeat starts nothing: it finds the running execution, or is refused
 * because that has ended.
 */
export const stateMachineTarget =
  (client: StatesClient, arn: string): SendToTarget =>
  async (message) => {
    const name = executionName(message);
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn: arn, name, input: message.text }));
    } catch (error) {
      const code = asError(error).name;
      if (code === 'ExecutionAlreadyExists') return;
      throw refusal(`the state machine ${arn}`, code, error);
    }
  };

export const stateMachineAt = (arn: string): SendToTarget =>
  stateMachineTarget(jsonClient(targetServices.states, patientCalls), arn);
