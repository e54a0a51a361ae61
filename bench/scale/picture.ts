import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

/** A line of a chart: its points, of which those without a `y` are gaps. */
export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number | undefined }[];
}

interface Chart {
  readonly title: string;
  readonly y: string;
  /** @default 'linear' */
  readonly scale?: 'linear' | 'log';
  readonly series: readonly Series[];
  /** A time that is shaded, and what happens in it. */
  readonly shaded?: {
    readonly from: number;
    readonly to: number;
    readonly text: string;
    readonly at?: 'top-left';
  };
}

export interface Picture {
  readonly x: string;
  /** The range of x, the same for all charts. */
  readonly range: readonly [from: number, to: number];
  readonly charts: readonly Chart[];
}

const [width, height, titleHeight] = [820, 200, 34];
/** Readable on white and on black. */
const colours = ['#2f81f7', '#d97706', '#1a9e5c', '#d1448e'];
const [ink, paper] = [
  { light: '#24292f', dark: '#d8dee4' },
  { light: '#ffffff', dark: '#0d1117' },
];
const style = `<style>svg{color:${ink.light}}.paper{fill:${paper.light}}@media (prefers-color-scheme:dark){svg{color:${ink.dark}}.paper{fill:${paper.dark}}}</style>`;

/** Draws charts one below the other, with one legend for each, as an SVG that follows the reader's colour scheme. */
export function drawn({ x, range, charts }: Picture): string {
  const rowHeight = height + titleHeight;
  const total = rowHeight * charts.length + 10;
  const rows = charts.map((chart, nth) => {
    const plot = chartOf(chart, x, range).replace(
      /<svg ([^>]*)>/,
      `<svg y="${titleHeight}" $1>${titleOf(chart.title)}`,
    );
    return `<g transform="translate(0,${nth * rowHeight})">${headOf(chart)}${plot}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${total}" width="${width}" height="${total}" font-family="system-ui,sans-serif">`,
    titleOf(charts.map(({ title }) => title).join('; ')),
    `${style}<rect class="paper" width="100%" height="100%"/>`,
    ...rows,
    '</svg>\n',
  ].join('\n');
}

const textOf = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

const titleOf = (title: string): string => `<title>${textOf(title)}</title>`;

/** The title on the left, and the names of the lines in their colours on the right. */
function headOf({ title, series }: Chart): string {
  const names = series.map(
    ({ name }, nth) => `<tspan fill="${colours[nth]}" font-weight="600">${textOf(name)}</tspan>`,
  );
  const legend =
    series.length > 1
      ? `<text x="${width - 14}" y="20" font-size="12" text-anchor="end">${names.join('<tspan fill="currentColor"> · </tspan>')}</text>`
      : '';
  return `<text x="14" y="20" font-size="13" font-weight="600" fill="currentColor">${textOf(title)}</text>${legend}`;
}

function chartOf({ y, scale = 'linear', series, shaded }: Chart, x: string, range: Picture['range']): string {
  const { document } = parseHTML('<html></html>');
  const rows = series.flatMap(({ name, points }) => points.map((point) => ({ ...point, name })));
  const chart = Plot.plot({
    document,
    className: 'chart',
    width,
    height,
    marginLeft: 64,
    marginRight: 14,
    marginBottom: 36,
    style: { fontSize: '11px' },
    x: { label: x, domain: [...range] },
    y: {
      label: y,
      type: scale,
      grid: true,
      nice: true,
      ticks: 5,
      tickFormat: scale === 'log' ? short : undefined,
    },
    color: { domain: series.map(({ name }) => name), range: colours.slice(0, series.length) },
    marks: [
      ...(shaded === undefined
        ? []
        : [
            Plot.rectX([shaded], { x1: 'from', x2: 'to', fill: 'currentColor', fillOpacity: 0.08 }),
            Plot.text([shaded], {
              x: 'from',
              text: 'text',
              frameAnchor: shaded.at ?? 'bottom-left',
              dx: 5,
              dy: shaded.at === undefined ? -5 : 5,
              fill: 'currentColor',
            }),
          ]),
      Plot.lineY(rows, { x: 'x', y: 'y', stroke: 'name', strokeWidth: 1.8 }),
    ],
  });
  return rounded(chart.outerHTML.replace(/<style>[\s\S]*?<\/style>/, ''));
}

const short = (value: number): string => value.toLocaleString('en-US');

/** Two decimals are enough for a pixel, and the same on every machine. */
const rounded = (svg: string): string =>
  svg.replace(/-?\d+\.\d{3,}/g, (number) => String(Math.round(Number(number) * 100) / 100));
