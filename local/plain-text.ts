/**
 * Text of others for a terminal: what one would obey is written as JSON writes it, so that JSON stays what it says.
 *
 * Line ends and tabs stay. Cut a text, or clean it, before it gets colours of ours.
 */
export const plainText = (text: string): string =>
  text.replace(
    /(?!\n|\t|\r\n)[\p{Cc}\p{Bidi_Control}]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
