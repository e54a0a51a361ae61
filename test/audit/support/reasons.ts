/**
 * Permissions that no flow test uses, and why they are granted all the same. A pattern is matched with the whole text of
 * a permission; one that matches nothing any more fails the audit, too.
 */
export const reasons: readonly { readonly pattern: RegExp; readonly why: string }[] = [];
