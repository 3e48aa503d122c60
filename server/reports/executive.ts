/** The executive overview on paper: cards, charts, tables, and what can't be told. */
import SVGtoPDF from 'svg-to-pdfkit';
import type { Schemas } from '../contract/index.ts';
import { chartSvg, chartText, type Chart } from './charts.ts';
import {
  cardsOf,
  chartsOf,
  partialNote,
  tablesOf,
  type Card,
  type CardGroup,
  type Polarity,
  type Table,
} from './executive-content.ts';
import { reasonsOf } from './executive-reasons.ts';
import { asChange, asMoment, type Direction } from './format.ts';
import { FAINT, INK, MARGIN, Paper } from './paper.ts';

export interface ExecutiveReport {
  overview: Schemas['ExecutiveOverview'];
  workspace: string;
  /** `null`: the whole workspace. */
  domains: readonly string[] | null;
}

const TIMEFRAMES: Readonly<Record<Schemas['ExecutiveTimeframe'], string>> = {
  yesterday: 'Yesterday, compared with the day before',
  '24h': 'Last 24 hours, compared with the 24 hours before',
  '7d': 'Last 7 days, compared with the 7 days before',
  'last-week': 'Last week, Monday to Sunday, compared with the week before',
  '30d': 'Last 30 days, compared with the 30 days before',
  'last-month': 'Last month, compared with the month before',
  '90d': 'Last 90 days, compared with the 90 days before',
  all: 'All data',
};

const GAP = 10;
const GOOD = '#1a7f4b';
const BAD = '#b3261e';
const FRAME = '#dde1e7';

export async function executivePdf(report: ExecutiveReport): Promise<Buffer> {
  const { overview, workspace, domains } = report;
  const { period, timeframe } = overview;
  const about = [workspace, ...(domains ? [domains.join(', ')] : [])].join(', ');
  const span = [period.from, period.to].map((at) => asMoment(at, period.timezone)).join(' to ');
  const when = `${TIMEFRAMES[timeframe]}: ${span} (${period.timezone})`;
  const paper = new Paper('Executive overview', `${about}, ${when}`);
  paper.tagged('H1', () => {
    const style = { font: 'bold', size: 18 } as const;
    paper.line('Executive overview', MARGIN, paper.y, paper.width, style);
  });
  paper.tagged('P', () => {
    paper.line(about, MARGIN, paper.y + 24, paper.width, { size: 10 });
  });
  paper.tagged('P', () => {
    paper.line(when, MARGIN, paper.y + 38, paper.width, { color: FAINT });
  });
  paper.y += 56;
  for (const group of cardsOf(overview)) drawCards(paper, group);
  drawCharts(paper, chartsOf(overview), partialNote(overview));
  for (const table of tablesOf(overview)) drawTable(paper, table);
  drawReasons(paper, reasonsOf(overview));
  return paper.finish(`CloudBrain, ${workspace}, ${asMoment(period.to, period.timezone)}`);
}

const COLUMNS = 6;
const CARD_HEIGHT = 46;
const CARD_GAP = 6;
const HEADING_HEIGHT = 17;

function heading(paper: Paper, title: string): void {
  paper.tagged('H2', () => {
    paper.line(title, MARGIN, paper.y, paper.width, { font: 'bold', size: 11 });
  });
  paper.y += HEADING_HEIGHT;
}

function drawCards(paper: Paper, { title, cards }: CardGroup): void {
  const width = (paper.width - CARD_GAP * (COLUMNS - 1)) / COLUMNS;
  paper.need(HEADING_HEIGHT + CARD_HEIGHT);
  heading(paper, title);
  for (const [index, card] of cards.entries()) {
    const column = index % COLUMNS;
    if (column === 0) paper.need(CARD_HEIGHT);
    drawCard(paper, card, MARGIN + column * (width + CARD_GAP), width);
    if (column === COLUMNS - 1 || index === cards.length - 1) paper.y += CARD_HEIGHT + CARD_GAP;
  }
  paper.y += CARD_GAP;
}

function drawCard(paper: Paper, card: Card, x: number, width: number): void {
  const { label, value, change, polarity, rate } = card;
  paper.decoration(() => frame(paper, x, paper.y, width, CARD_HEIGHT));
  const inner = width - 14;
  const told = asChange(change, rate);
  // An element for each, or they would be read as one word.
  paper.group('Sect', () => {
    paper.tagged('P', () => {
      paper.figure(label, x + 7, paper.y + 6, inner, { size: 7.5, color: FAINT });
    });
    paper.tagged('P', () => {
      paper.figure(value, x + 7, paper.y + 16, inner, { font: 'bold', size: 12 });
    });
    if (told === null) return;
    const color = colorOf(told.direction, polarity);
    const draw = (): void =>
      paper.figure(told.text, x + 7, paper.y + 33, inner, { size: 7.5, color });
    paper.tagged('P', draw, { alt: told.words });
  });
}

function colorOf(direction: Direction, polarity: Polarity): string {
  if (direction === 0 || polarity === 'none') return FAINT;
  return direction > 0 === (polarity === 'up') ? GOOD : BAD;
}

const CHART_HEIGHT = 138;
const TITLE_HEIGHT = 22;

function drawCharts(
  paper: Paper,
  charts: readonly { title: string; chart: Chart | null; reason: string }[],
  note: string | null,
): void {
  const width = (paper.width - GAP) / 2;
  for (const [index, { title, chart, reason }] of charts.entries()) {
    const column = index % 2;
    if (column === 0) paper.need(CHART_HEIGHT);
    const x = MARGIN + column * (width + GAP);
    paper.decoration(() => frame(paper, x, paper.y, width, CHART_HEIGHT));
    paper.tagged('H2', () => {
      paper.line(title, x + 8, paper.y + 7, width - 16, { font: 'bold' });
    });
    const [top, inner] = [paper.y + TITLE_HEIGHT, width - 16];
    if (chart) {
      const height = CHART_HEIGHT - TITLE_HEIGHT - 6;
      // Points, not pixels, so that the chart's size is that of its frame.
      const options = { assumePt: true, fontCallback: () => 'regular' };
      const svg = chartSvg(chart, inner, height);
      const alt = chartText(title, chart);
      paper.tagged('Figure', () => SVGtoPDF(paper.doc, svg, x + 8, top, options), { alt });
    } else {
      paper.tagged('P', () => {
        paper.paragraph(reason, x + 8, top + 8, inner, { color: FAINT });
      });
    }
    if (column === 1 || index === charts.length - 1) paper.y += CHART_HEIGHT + GAP;
  }
  if (note !== null) {
    paper.tagged('P', () => {
      paper.line(note, MARGIN, paper.y, paper.width, { size: 8, color: FAINT });
    });
    paper.y += ROW_HEIGHT;
  }
  paper.y += GAP;
}

const ROW_HEIGHT = 16;

/** A table stays whole where a page has room for all of it. */
function drawTable(paper: Paper, { title, columns, rows, empty }: Table): void {
  const height = HEADING_HEIGHT + ROW_HEIGHT * (rows.length + 1);
  paper.need(height <= paper.pageHeight ? height : ROW_HEIGHT * 4);
  heading(paper, title);
  if (rows.length === 0) {
    paper.tagged('P', () => {
      paper.line(empty, MARGIN, paper.y, paper.width, { color: FAINT });
    });
    paper.y += ROW_HEIGHT + GAP;
    return;
  }
  const total = columns.reduce((sum, { share }) => sum + share, 0);
  const drawRow = (cells: readonly string[], tag: 'TH' | 'TD' | null): void => {
    const row = (): void => {
      let x = MARGIN;
      for (const [index, { share, align }] of columns.entries()) {
        const width = (paper.width * share) / total;
        const style = { size: 8.5, color: tag === 'TD' ? INK : FAINT, align };
        // Figures are on the right; those of the last column end where the line does.
        const write = align === 'right' ? 'figure' : 'line';
        const inner = width - (index === columns.length - 1 ? 0 : 8);
        const draw = (): void => paper[write](cells[index] ?? '', x, paper.y + 3, inner, style);
        if (tag === null) draw();
        else paper.tagged(tag, draw, tag === 'TH' ? { scope: 'Column' } : {});
        x += width;
      }
    };
    if (tag === null) paper.decoration(row);
    else paper.group('TR', row);
    paper.y += ROW_HEIGHT;
    paper.decoration(() => {
      paper.doc.moveTo(MARGIN, paper.y).lineTo(MARGIN + paper.width, paper.y);
      paper.doc.lineWidth(0.5).stroke(FRAME);
    });
  };
  const names = columns.map(({ name }) => name);
  paper.group('Table', () => {
    drawRow(names, 'TH');
    for (const row of rows) {
      // Said once to those who listen, shown on each page.
      if (paper.need(ROW_HEIGHT)) drawRow(names, null);
      drawRow(row, 'TD');
    }
  });
  paper.y += GAP * 2;
}

function drawReasons(paper: Paper, reasons: readonly string[]): void {
  if (reasons.length === 0) return;
  paper.need(ROW_HEIGHT * 3);
  heading(paper, 'Unavailable figures');
  const style = { size: 8, color: FAINT };
  for (const text of reasons) {
    paper.need(paper.heightOf(text, paper.width, style));
    paper.tagged('P', () => {
      paper.y += paper.paragraph(text, MARGIN, paper.y, paper.width, style);
    });
    paper.y += 3;
  }
}

function frame({ doc }: Paper, x: number, y: number, width: number, height: number): void {
  doc.roundedRect(x, y, width, height, 4).lineWidth(0.75).stroke(FRAME);
}
