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

/** The same on one line: a text of several lines would pass for lines of ours. */
export const plainLine = (text: string): string =>
  plainText(text).replace(
    /[\n\r\t\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
