/** What one check found. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do about it: with this tool, with the AWS CLI, or in words. */
  readonly command?: string;
  readonly awsCommand?: string;
  readonly advice?: string;
}
