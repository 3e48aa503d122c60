/** The executive overview on paper: cards, four charts, tables, and what can't be told. */
import SVGtoPDF from 'svg-to-pdfkit';
import type { Schemas } from '../contract/index.ts';
import { chartSvg, type Chart } from './charts.ts';
import {
  cardsOf,
  chartsOf,
  partialNote,
  tablesOf,
  type Card,
  type Polarity,
  type Table,
} from './executive-content.ts';
import { asChange, asMoment, type Direction } from './format.ts';
import { FAINT, INK, MARGIN, Paper } from './paper.ts';

export interface ExecutiveReport {
  overview: Schemas['ExecutiveOverview'];
  workspace: string;
  /** `null`: the whole workspace. */
  domains: readonly string[] | null;
}

const GAP = 10;
const GOOD = '#1a7f4b';
const BAD = '#b3261e';
const FRAME = '#dde1e7';

export async function executivePdf(report: ExecutiveReport): Promise<Buffer> {
  const { overview, workspace, domains } = report;
  const { period, timeframe } = overview;
  const paper = new Paper('Executive overview');
  const span = [period.from, period.to].map((at) => asMoment(at, period.timezone)).join(' to ');
  paper.line('Executive overview', MARGIN, paper.y, paper.width, { font: 'bold', size: 18 });
  const about = [workspace, ...(domains ? [domains.join(', ')] : [])].join(', ');
  paper.line(about, MARGIN, paper.y + 24, paper.width, { size: 10 });
  const when = `${timeframe}: ${span} (${period.timezone})`;
  paper.line(when, MARGIN, paper.y + 38, paper.width, { color: FAINT });
  paper.y += 60;
  drawCards(paper, cardsOf(overview));
  drawCharts(paper, chartsOf(overview), partialNote(overview));
  for (const table of tablesOf(overview)) drawTable(paper, table);
  drawReasons(paper, overview.unavailable.filter(isShown));
  return paper.finish(`CloudBrain, ${workspace}, ${asMoment(period.to, period.timezone)}`);
}

const COLUMNS = 4;
const CARD_HEIGHT = 52;

function drawCards(paper: Paper, cards: readonly Card[]): void {
  const width = (paper.width - GAP * (COLUMNS - 1)) / COLUMNS;
  for (const [index, { label, value, change, polarity, rate }] of cards.entries()) {
    const column = index % COLUMNS;
    if (column === 0) paper.need(CARD_HEIGHT);
    const x = MARGIN + column * (width + GAP);
    frame(paper, x, paper.y, width, CARD_HEIGHT);
    const inner = width - 16;
    paper.line(label, x + 8, paper.y + 7, inner, { size: 8, color: FAINT });
    paper.figure(value, x + 8, paper.y + 18, inner, { font: 'bold', size: 14 });
    const told = asChange(change, rate);
    if (told !== null) {
      const color = colorOf(told.direction, polarity);
      paper.figure(told.text, x + 8, paper.y + 37, inner, { size: 8, color });
    }
    if (column === COLUMNS - 1 || index === cards.length - 1) paper.y += CARD_HEIGHT + GAP;
  }
  paper.y += GAP;
}

function colorOf(direction: Direction, polarity: Polarity): string {
  if (direction === 0 || polarity === 'none') return FAINT;
  return direction > 0 === (polarity === 'up') ? GOOD : BAD;
}

const CHART_HEIGHT = 150;
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
    frame(paper, x, paper.y, width, CHART_HEIGHT);
    paper.line(title, x + 8, paper.y + 7, width - 16, { font: 'bold' });
    const [top, inner] = [paper.y + TITLE_HEIGHT, width - 16];
    if (chart) {
      const height = CHART_HEIGHT - TITLE_HEIGHT - 6;
      // Points, not pixels, so that the chart's size is that of its frame.
      const options = { assumePt: true, fontCallback: () => 'regular' };
      SVGtoPDF(paper.doc, chartSvg(chart, inner, height), x + 8, top, options);
    } else {
      paper.paragraph(reason, x + 8, top + 8, inner, { color: FAINT });
    }
    if (column === 1 || index === charts.length - 1) paper.y += CHART_HEIGHT + GAP;
  }
  if (note !== null) {
    paper.line(note, MARGIN, paper.y, paper.width, { size: 8, color: FAINT });
    paper.y += ROW_HEIGHT;
  }
  paper.y += GAP;
}

const ROW_HEIGHT = 16;

function drawTable(paper: Paper, { title, columns, rows, empty }: Table): void {
  paper.need(ROW_HEIGHT * 4);
  paper.line(title, MARGIN, paper.y, paper.width, { font: 'bold', size: 11 });
  paper.y += 18;
  if (rows.length === 0) {
    paper.line(empty, MARGIN, paper.y, paper.width, { color: FAINT });
    paper.y += ROW_HEIGHT + GAP;
    return;
  }
  const total = columns.reduce((sum, { share }) => sum + share, 0);
  const drawRow = (cells: readonly string[], color: string): void => {
    let x = MARGIN;
    for (const [index, { share, align }] of columns.entries()) {
      const width = (paper.width * share) / total;
      const style = { size: 8.5, color, align };
      // Figures are on the right.
      const write = align === 'right' ? 'figure' : 'line';
      paper[write](cells[index] ?? '', x, paper.y + 3, width - 8, style);
      x += width;
    }
    paper.y += ROW_HEIGHT;
    paper.doc.moveTo(MARGIN, paper.y).lineTo(MARGIN + paper.width, paper.y);
    paper.doc.lineWidth(0.5).stroke(FRAME);
  };
  const names = columns.map(({ name }) => name);
  drawRow(names, FAINT);
  for (const row of rows) {
    if (paper.need(ROW_HEIGHT)) drawRow(names, FAINT);
    drawRow(row, INK);
  }
  paper.y += GAP * 2;
}

/** A card without a change shows that; why is said once for all of its group, not of each. */
const isShown = ({ path }: { path: string }): boolean => !/\bchange\./.test(path);

function drawReasons(paper: Paper, reasons: readonly { path: string; reason: string }[]): void {
  if (reasons.length === 0) return;
  paper.need(ROW_HEIGHT * 3);
  paper.line('What can’t be told', MARGIN, paper.y, paper.width, { font: 'bold', size: 11 });
  paper.y += 18;
  for (const { path, reason } of reasons) {
    paper.need(ROW_HEIGHT);
    paper.y += paper.paragraph(`${path}: ${reason}`, MARGIN, paper.y, paper.width, {
      size: 8,
      color: FAINT,
    });
    paper.y += 3;
  }
}

function frame({ doc }: Paper, x: number, y: number, width: number, height: number): void {
  doc.roundedRect(x, y, width, height, 4).lineWidth(0.75).stroke(FRAME);
}
