/** The result of one check. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do about it: a command of this tool, one of the AWS CLI, or a sentence. */
  readonly command?: string;
  readonly awsCommand?: string;
  readonly advice?: string;
}
