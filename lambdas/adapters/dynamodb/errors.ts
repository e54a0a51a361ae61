import { AwsError, type ErrorPlace } from '../aws/errors.ts';
import type { AttributeMap } from './attribute-values.ts';

/** A write whose condition the item does not meet; nothing was written. */
export class ConditionalCheckFailedException extends AwsError {
  /** The item that refused the write, if the call asked for it and it exists. */
  readonly Item: AttributeMap | undefined;

  constructor(message: string, { Item, ...place }: ErrorPlace & { readonly Item?: AttributeMap }) {
    super('ConditionalCheckFailedException', message, place);
    this.Item = Item;
  }
}
