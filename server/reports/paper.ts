/** The sheets that a report is written on: fonts, text that always fits, and page breaks. */
import { readFileSync } from 'node:fs';
import PDFDocument from 'pdfkit';

const read = (url: string): Buffer => readFileSync(new URL(url));

/** Wide in what it covers: names come in any script. */
const FONTS = {
  regular: read(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf')),
  bold: read(import.meta.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf')),
} as const;

export type FontName = keyof typeof FONTS;

export const INK = '#1d2430';
export const FAINT = '#5b6472';

export interface TextStyle {
  font?: FontName;
  size?: number;
  color?: string;
  align?: 'left' | 'right';
}

/** Stands for what the font has no glyph for, such as an emoji. */
const MISSING = '\u25a1';

const RTL = String.raw`[\p{Script=Arabic}\p{Script=Hebrew}]`;

/** A space between two words that are written to the left. */
const BETWEEN_RTL = new RegExp(`(?<=${RTL}) +(?=${RTL})`, 'gu');

/** Words that are written to the left, one after the other. */
const RTL_RUN = new RegExp(String.raw`(${RTL}(?:${RTL}|\p{M}|\u00a0(?=${RTL}))*)`, 'u');

/** Longer names are cut anyway. */
const MAX_LENGTH = 400;
/** Of a paragraph, which has to fit on a page. */
const MAX_PARAGRAPH = 3_000;

/** What a font of pdfkit knows of its glyphs; its types leave it out. */
interface Glyphs {
  hasGlyphForCodePoint(codePoint: number): boolean;
}

export const MARGIN = 40;

/** Types of structure elements, which readers that don't look at pages go by. */
type Tag = 'H1' | 'H2' | 'P' | 'Sect' | 'Figure' | 'Table' | 'TR' | 'TH' | 'TD';

interface TagOptions {
  /** What a figure shows, in words. */
  alt?: string;
  /** What a header cell is of. */
  scope?: 'Column' | 'Row';
}

export class Paper {
  readonly doc: PDFKit.PDFDocument;
  /** Where the next thing goes. */
  y = MARGIN;
  #parent: ReturnType<PDFKit.PDFDocument['struct']>;

  constructor(title: string, description: string) {
    this.doc = new PDFDocument({
      size: 'A4',
      margin: MARGIN,
      bufferPages: true,
      lang: 'en',
      displayTitle: true,
      tagged: true,
      pdfVersion: '1.7',
      // The standard fonts are not embedded: none is asked for, not even at the start.
      font: '',
      info: { Title: title, Subject: description, Creator: 'CloudBrain' },
    });
    for (const [name, file] of Object.entries(FONTS)) this.doc.registerFont(name, file);
    this.doc.font('regular');
    this.#parent = this.doc.struct('Document');
    this.doc.addStructure(this.#parent);
  }

  /** An element around those that `work` adds. */
  group(tag: Tag, work: () => void): void {
    const outer = this.#parent;
    const element = this.doc.struct(tag);
    outer.add(element);
    this.#parent = element;
    work();
    element.end();
    this.#parent = outer;
  }

  /** An element of what `draw` draws, on one page. */
  tagged(tag: Tag, draw: () => void, options: TagOptions = {}): void {
    const element = this.doc.struct(tag, { ...options }, [draw]);
    this.#parent.add(element);
  }

  /** Draws what says nothing, such as a frame. */
  decoration(draw: () => void): void {
    this.doc.markContent('Artifact', { type: 'Layout' });
    draw();
    this.doc.endMarkedContent();
  }

  /** Room on a page, all of it. */
  get pageHeight(): number {
    return this.doc.page.height - 2 * MARGIN - 20;
  }

  get width(): number {
    return this.doc.page.width - 2 * MARGIN;
  }

  /** Begins a new page where so much room is not left on this one. @returns whether it did */
  need(height: number): boolean {
    if (this.y + height <= this.doc.page.height - MARGIN - 20) return false;
    this.doc.addPage();
    this.y = MARGIN;
    return true;
  }

  /** One line at a place, cut to its width. */
  line(text: string, x: number, y: number, width: number, style: TextStyle = {}): void {
    this.#use(style);
    this.#place(this.#fit(this.clean(text), width), x, y, width, style);
  }

  /** A figure at a place, never cut: its type is as small as it has to be. */
  figure(text: string, x: number, y: number, width: number, style: TextStyle = {}): void {
    const size = this.#use(style);
    const clean = this.clean(text);
    this.doc.fontSize(Math.min(size, (size * width) / this.doc.widthOfString(clean)));
    this.#place(clean, x, y, width, style);
  }

  /** By hand: pdfkit's own alignment breaks lines. */
  #place(text: string, x: number, y: number, width: number, { align }: TextStyle): void {
    const { doc } = this;
    let left = align === 'right' ? x + width - doc.widthOfString(text) : x;
    // Else a space after a word that is written to the left would stand before it.
    for (const run of text.split(RTL_RUN)) {
      doc.text(run, left, y, { lineBreak: false });
      left += doc.widthOfString(run);
    }
  }

  /** @returns the size */
  #use({ font = 'regular', size = 9, color = INK }: TextStyle): number {
    this.doc.font(font).fontSize(size).fillColor(color);
    return size;
  }

  /** A paragraph, over as many lines as it takes. @returns its height */
  paragraph(text: string, x: number, y: number, width: number, style: TextStyle = {}): number {
    const { doc } = this;
    this.#use(style);
    const clean = this.clean(text, MAX_PARAGRAPH);
    const height = doc.heightOfString(clean, { width });
    doc.text(clean, x, y, { width });
    return height;
  }

  /** How high a paragraph would be. */
  heightOf(text: string, width: number, style: TextStyle = {}): number {
    this.#use(style);
    return this.doc.heightOfString(this.clean(text, MAX_PARAGRAPH), { width });
  }

  /** A text of what the font can show. */
  clean(text: string, most = MAX_LENGTH): string {
    const { font } = (this.doc as unknown as { _font: { font: Glyphs } })._font;
    let clean = '';
    for (const char of [...text.toWellFormed().slice(0, most)]) {
      // Line breaks and other controls; marks that turn the direction of what follows.
      if (/[\p{Cc}\u2028\u2029]/u.test(char)) clean += ' ';
      else if (/[\p{Cf}\p{Cs}\ufe00-\ufe0f]/u.test(char)) continue;
      else if (font.hasGlyphForCodePoint(char.codePointAt(0) ?? 0)) clean += char;
      else if (!clean.endsWith(MISSING)) clean += MISSING;
    }
    // One run, or the words of a line that goes to the left would stand in the other order.
    return clean.trim().replaceAll(BETWEEN_RTL, '\u00a0');
  }

  /** The document's bytes. */
  finish(footer: string): Promise<Buffer> {
    const { doc } = this;
    const { count } = doc.bufferedPageRange();
    for (let page = 0; page < count; page++) {
      doc.switchToPage(page);
      // Below the margin pdfkit would begin another page.
      doc.page.margins.bottom = 0;
      const y = doc.page.height - MARGIN + 8;
      const style: TextStyle = { size: 7, color: FAINT };
      const number = `Page ${page + 1} of ${count}`;
      doc.markContent('Artifact', { type: 'Pagination' });
      this.line(footer, MARGIN, y, this.width - 80, style);
      this.line(number, MARGIN, y, this.width, { ...style, align: 'right' });
      doc.endMarkedContent();
    }
    const chunks: Buffer[] = [];
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    doc.on('end', () => resolve(Buffer.concat(chunks)));
    doc.on('error', reject);
    doc.end();
    return promise;
  }

  #fit(text: string, width: number): string {
    const { doc } = this;
    if (doc.widthOfString(text) <= width) return text;
    const chars = [...text];
    let [low, high] = [0, chars.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (doc.widthOfString(`${chars.slice(0, middle).join('')}…`) <= width) low = middle;
      else high = middle - 1;
    }
    return `${chars.slice(0, low).join('').trimEnd()}…`;
  }
}
