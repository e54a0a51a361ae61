import type { Acknowledgment } from 'aws-cdk-lib';
import * as cdk from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The name of the error for an id with `::`, which the CDK accepts since 2.271. */
const unknownForm = 'InvalidValidationId';

/**
 * Acknowledges a finding of a rule pack, such as cdk-nag, on a construct.
 *
 * Older versions of the CDK have no acknowledgements, or none for the form of the id; then the finding is shown.
 */
export function acknowledge(construct: IConstruct, finding: Acknowledgment): void {
  try {
    // Versions before 2.255 do not have it.
    cdk.Validations?.of(construct).acknowledge(finding);
  } catch (error) {
    if (!(error instanceof Error && error.name === unknownForm)) throw error;
  }
}
