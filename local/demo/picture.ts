import { stripVTControlCharacters } from 'node:util';

/** A run of characters in one style. */
interface Span {
  readonly text: string;
  readonly style: Style;
}
interface Style {
  readonly bold: boolean;
  readonly dim: boolean;
  readonly green: boolean;
}

const plain: Style = { bold: false, dim: false, green: false };
/** The effect of each SGR code of the demo; 22 ends both bold and dim. */
const changes: Readonly<Record<string, Partial<Style>>> = {
  '0': plain,
  '1': { bold: true },
  '2': { dim: true },
  '22': { bold: false, dim: false },
  '32': { green: true },
  '39': { green: false },
};

const chars = { width: 7.85, line: 19, padding: 20, bar: 34 };
/** Seconds between two lines. */
const pace = 0.35;

/**
 * Draws the demo's output as a terminal, in SVG.
 *
 * The lines appear one after the other. Where animations do not run, all of them are visible.
 *
 * @param output the output of `FORCE_COLOR=1 npm run demo`, with its colours
 */
export function demoPicture(output: string): string {
  const lines = chaptersIn(output);
  const columns = Math.max(...lines.map((line) => textOf(line).length));
  const width = Math.ceil(columns * chars.width + 2 * chars.padding);
  const height = chars.bar + lines.length * chars.line + chars.padding;
  const rows = lines.map((line, index) => row(spansOf(line), index));
  return `${head(width, height)}\n${rows.filter((text) => text !== '').join('\n')}\n</svg>\n`;
}

/** The demo without its set-up, and with the first of its three providers only, since the others show the same. */
function chaptersIn(output: string): readonly string[] {
  const chapters = output.replaceAll('\r', '').trimEnd().split('\n\n').slice(1);
  const isRepeat = (chapter: string) => /\b(github|shopify)\b/.test(textOf(chapter).split('\n')[0] ?? '');
  const first = chapters.findIndex(isRepeat);
  const shown = chapters.flatMap((chapter, index) => {
    if (index === first) return ['\u001b[2m(and the same for github and shopify)\u001b[22m'];
    return isRepeat(chapter) ? [] : [chapter];
  });
  return ['$ npm run demo', '', ...shown.flatMap((chapter) => [...chapter.split('\n'), '']).slice(0, -1)];
}

const escapeCharacter = '\u001b';
const escapeSequence = new RegExp(`${escapeCharacter}\\[([0-9;]*)m`);
const textOf = stripVTControlCharacters;

function spansOf(line: string): readonly Span[] {
  const spans: Span[] = [];
  let style = plain;
  for (const [index, part] of line.split(escapeSequence).entries()) {
    // Every second part has the codes of an escape sequence.
    if (index % 2 === 1) for (const code of part.split(';')) style = { ...style, ...changes[code] };
    else if (part !== '') spans.push({ text: part, style });
  }
  return spans;
}

function row(spans: readonly Span[], index: number): string {
  if (spans.length === 0) return '';
  const y = chars.bar + (index + 1) * chars.line;
  const content = spans.map(
    ({ text, style }) => `<tspan class="${classOf(style)}">${escapeXml(text)}</tspan>`,
  );
  const delay = (index * pace).toFixed(2);
  return `  <text x="${chars.padding}" y="${y}" style="animation-delay:${delay}s" xml:space="preserve">${content.join('')}</text>`;
}

const classOf = ({ bold, dim, green }: Style): string =>
  [bold && 'bold', dim && 'dim', green && 'green'].filter((name) => name !== false).join(' ') || 'plain';

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const head = (width: number, height: number): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="Output of npm run demo">
  <style>
    text { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #d6deeb; animation: appear 0.2s both; }
    .bold { font-weight: 700; fill: #ffffff; } .dim { fill: #7f8c98; } .green { fill: #6cd18a; } .bold.green { fill: #6cd18a; }
    @keyframes appear { from { opacity: 0 } to { opacity: 1 } }
    @media (prefers-reduced-motion: reduce) { text { animation: none } }
  </style>
  <rect width="${width}" height="${height}" rx="8" fill="#10171f"/>
  <circle cx="18" cy="17" r="5" fill="#ed6a5e"/><circle cx="36" cy="17" r="5" fill="#f4bf4f"/><circle cx="54" cy="17" r="5" fill="#61c554"/>`;
