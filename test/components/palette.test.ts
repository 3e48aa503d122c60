import { assert } from 'chai';
import { DASHES, STRIPES } from '../../src/chart/palette.ts';
import { chart } from '../../src/theme/chart.css.ts';

type Colour = readonly [number, number, number];
type Matrix = readonly [Colour, Colour, Colour];

const dot = (row: Colour, colour: Colour): number =>
  row[0] * colour[0] + row[1] * colour[1] + row[2] * colour[2];
const times = ([a, b, c]: Matrix, colour: Colour): Colour => [
  dot(a, colour),
  dot(b, colour),
  dot(c, colour),
];
const within = (colour: Colour): Colour =>
  colour.map((it) => Math.min(1, Math.max(0, it))) as never;

/** Machado, Oliveira and Fernandes (2009), complete, on linear RGB. */
const EYES: Record<string, Matrix> = {
  'full colour vision': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

function linear(hex: string): Colour {
  const full = hex.length === 4 ? hex.replaceAll(/[^#]/g, '$&$&') : hex;
  return [1, 3, 5].map((at) => {
    const value = parseInt(full.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as never;
}

/** Ottosson's OKLab: equal distances look about equally different. */
function oklab(colour: Colour): Colour {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    colour,
  );
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones.map(Math.cbrt) as never,
  );
}

function difference(a: Colour, b: Colour, eye: Matrix): number {
  const [one, other] = [a, b].map((it) => oklab(within(times(eye, it)))) as [Colour, Colour];
  return Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

function contrast(a: Colour, b: Colour): number {
  const [dark, light] = [a, b].map((it) => dot([0.2126, 0.7152, 0.0722], it)).sort((p, q) => p - q);
  return (light! + 0.05) / (dark! + 0.05);
}

/** The defaults of the eight tokens; the first is the accent. */
const DEFAULTS = [...chart.cssText.matchAll(/chart-\d, light-dark\((#\w+), (#\w+)\)/g)];
const SCHEMES = {
  light: { surface: '#fff', colours: ['#3a55d9', ...DEFAULTS.map(([, light]) => light!)] },
  dark: { surface: '#15181f', colours: ['#8fa5ff', ...DEFAULTS.map(([, , dark]) => dark!)] },
};

/** Of graphics, WCAG 1.4.11. */
const CONTRAST = 3;
/** Two colours side by side are hard to mix up from about 0.05 on. */
const DIFFERENCE = 0.1;

describe('the palette of charts', () => {
  it('has eight colours, each with a stroke and a pattern of its own', () => {
    assert.lengthOf(DEFAULTS, 7);
    for (const marks of [DASHES, STRIPES]) {
      assert.equal(new Set(marks.map((it) => JSON.stringify(it ?? null))).size, 8);
    }
  });

  for (const [scheme, { surface, colours }] of Object.entries(SCHEMES)) {
    it(`stands out from its surface, in ${scheme}`, () => {
      for (const colour of colours)
        assert.isAtLeast(contrast(linear(colour), linear(surface)), CONTRAST, colour);
    });

    for (const [name, eye] of Object.entries(EYES)) {
      it(`differs pair by pair with ${name}, in ${scheme}`, () => {
        for (const [index, colour] of colours.entries()) {
          for (const other of colours.slice(0, index)) {
            const found = difference(linear(colour), linear(other), eye);
            assert.isAtLeast(found, DIFFERENCE, `${colour} and ${other}`);
          }
        }
      });
    }
  }
});
