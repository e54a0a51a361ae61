import * as v from 'valibot';
import { asError } from '../../domain/errors.ts';
import { PermanentFailure } from '../../domain/handler.ts';
import { parseJson } from '../../domain/json.ts';
import type { SendToTarget } from '../../domain/target-message.ts';
import { lambdaInvoke } from '../aws/lambda-invoke.ts';
import { refusal } from './refusal.ts';

/** What a function answered to a synchronous invocation. */
export interface FunctionAnswer {
  /** Its result or its error, as JSON. */
  readonly payload: string;
  /** It threw, timed out or ended. */
  readonly failed: boolean;
}

/** Invokes a function synchronously. Rejects when Lambda did not run it, or when `signal` aborts. */
export type Invoke = (arn: string, payload: string, signal: AbortSignal) => Promise<FunctionAnswer>;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html and the pages of the other runtimes */
const FunctionError = v.object({
  errorType: v.optional(v.string(), 'Error'),
  errorMessage: v.optional(v.string(), ''),
});

/** What a function returns instead of throwing. */
const ReturnedFailure = v.object({ permanentFailure: v.string() });

/** The name of the error, after a package or a module: `com.example.PermanentFailure`, `*errors.PermanentFailure`. */
const permanentType = /(^|[.*:$/])PermanentFailure$/;

/**
 * A Lambda function as a target. It is invoked synchronously, so its error is the event's failure, with the source's retries and
 * DLQ. An asynchronous invocation would end the event as soon as Lambda has it, and a later failure would be Lambda's alone.
 *
 * A failure is permanent if the function throws an error named `PermanentFailure`, or returns `{"permanentFailure": "why"}`.
 */
export const functionTarget =
  (invoke: Invoke, arn: string): SendToTarget =>
  async (message, signal) => {
    const { failed, payload } = await invoke(arn, message.text, signal).catch((error: unknown) => {
      if (signal.aborted) throw new Error(`the function ${arn} did not answer in the time of a handler`);
      throw refusal(`the function ${arn}`, asError(error).name, error);
    });
    if (failed) throw thrownBy(payload);
    const returned = v.safeParse(ReturnedFailure, parseJson(payload));
    if (returned.success) throw new PermanentFailure(returned.output.permanentFailure);
  };

function thrownBy(payload: string): Error {
  const { success, output } = v.safeParse(FunctionError, parseJson(payload));
  if (!success) return new Error('the function failed without saying why');
  const text = `${output.errorType}: ${output.errorMessage}`;
  return permanentType.test(output.errorType) ? new PermanentFailure(text) : new Error(text);
}

export const functionAt = (arn: string): SendToTarget => functionTarget(lambdaInvoke(), arn);
