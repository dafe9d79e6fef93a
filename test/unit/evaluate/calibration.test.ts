import { describe, expect, it } from 'vitest';
import { type Forecast, reliability, scoresOf } from '../../../src/evaluate/calibration.js';
import { wilson } from '../../../src/evidence/intervals.js';
import { uniformOf } from '../../../src/evidence/random.js';

/** Forecasts of outcomes of their own. */
const forecasts = (pairs: readonly (readonly [predicted: number, reward: number])[]): Forecast[] =>
  pairs.map(([predicted, reward], at) => ({ predicted, reward, outcome: `o${at}` }));

const repeated = (times: number, predicted: number, reward: number) =>
  Array.from({ length: times }, () => [predicted, reward] as const);

describe('reliability', () => {
  it('is by ten bins with their ends, left out where nothing was predicted', () => {
    const bins = reliability(
      forecasts([
        [0, 0],
        [0.1, 0],
        [0.1 + 0.2, 1],
        [0.6 + 0.1, 1],
        [0.79, 0],
        [1, 1],
      ]),
    );
    expect(bins.map(({ low, high, n }) => [low, high, n])).toEqual([
      [0, 0.1, 1],
      [0.1, 0.2, 1],
      [0.3, 0.4, 1],
      [0.7, 0.8, 2],
      [0.9, 1, 1],
    ]);
    expect(bins[3]?.predicted).toBeCloseTo(0.745);
    expect(bins[3]?.cameTrue).toBe(0.5);
  });

  it('has the interval of Wilson', () => {
    const [bin] = reliability(forecasts([...repeated(7, 0.75, 1), ...repeated(3, 0.75, 0)]));
    expect(bin).toMatchObject({ n: 10, cameTrue: 0.7 });
    expect(bin?.interval.low).toBeCloseTo(wilson(7, 10).low);
    expect(bin?.interval.high).toBeCloseTo(wilson(7, 10).high);
  });

  it('is not surer for outcomes that it counts again', () => {
    const once = forecasts([...repeated(7, 0.75, 1), ...repeated(3, 0.75, 0)]);
    const [bin] = reliability([...once, ...once, ...once]);
    expect(bin?.n).toBe(30);
    expect(bin?.interval.low).toBeCloseTo(wilson(7, 10).low);
    // Of weights 2 and 1, Kish's size is 9 / 5.
    const uneven = reliability(['a', 'a', 'b'].map((outcome) => ({ predicted: 0.55, reward: 1, outcome })));
    expect(uneven[0]?.interval.low).toBeCloseTo(wilson(1.8, 1.8).low);
  });

  it('takes graded rewards by their mean', () => {
    const [bin] = reliability(
      forecasts([
        [0.42, 0.3],
        [0.44, 0.5],
      ]),
    );
    expect(bin?.predicted).toBeCloseTo(0.43);
    expect(bin?.cameTrue).toBeCloseTo(0.4);
  });
});

describe('scores', () => {
  it('are those done by hand', () => {
    const scores = scoresOf(
      forecasts([
        [0.25, 0],
        [0.25, 1],
        [0.85, 1],
        [0.85, 1],
        [0.85, 0],
      ]),
    );
    // Bins: |.25 - .5| x 2/5 and |.85 - 2/3| x 3/5.
    expect(scores?.ece).toBeCloseTo(0.1 + 0.11);
    expect(scores?.brier).toBeCloseTo((0.0625 + 0.5625 + 0.0225 + 0.0225 + 0.7225) / 5);
    expect(scores?.logLoss).toBeCloseTo(
      -(Math.log(0.75) + Math.log(0.25) + 2 * Math.log(0.85) + Math.log(0.15)) / 5,
    );
  });

  it('of a graded reward are what draws of its success come to on average', () => {
    const graded = scoresOf(forecasts([[0.6, 0.3]]));
    const drawn = scoresOf(forecasts([...repeated(3, 0.6, 1), ...repeated(7, 0.6, 0)]));
    expect(graded?.brier).toBeCloseTo(drawn?.brier ?? -1);
    expect(graded?.logLoss).toBeCloseTo(drawn?.logLoss ?? -1);
    expect(graded?.ece).toBeCloseTo(drawn?.ece ?? -1);
  });

  it('of a calibrated forecaster have no calibration error, of an overconfident one what it adds', () => {
    const draws = Array.from({ length: 20_000 }, (_, at) => {
      const truth = 0.2 + 0.6 * uniformOf(`truth ${at}`);
      return { truth, reward: uniformOf(`reward ${at}`) < truth ? 1 : 0 };
    });
    const calibrated = scoresOf(forecasts(draws.map(({ truth, reward }) => [truth, reward])));
    expect(calibrated?.ece).toBeLessThan(0.012);
    // Says 1.6 times the distance from one half, which is .15 on average: off by .09.
    const overconfident = scoresOf(
      forecasts(draws.map(({ truth, reward }) => [0.5 + 1.6 * (truth - 0.5), reward])),
    );
    expect(overconfident?.ece).toBeGreaterThan(0.08);
    expect(overconfident?.ece).toBeLessThan(0.1);
    expect(overconfident?.brier).toBeGreaterThan(calibrated?.brier ?? 1);
    expect(overconfident?.logLoss).toBeGreaterThan(calibrated?.logLoss ?? 1);
    const ignorant = scoresOf(forecasts(draws.map(({ reward }) => [0.5, reward])));
    expect(ignorant?.ece).toBeLessThan(0.012);
    expect(ignorant?.brier).toBeCloseTo(0.25);
    expect(calibrated?.brier).toBeLessThan(0.23);
  });

  it('of sure predictions are 0 where they come true, and finite where they do not', () => {
    expect(
      scoresOf(
        forecasts([
          [1, 1],
          [0, 0],
        ]),
      ),
    ).toMatchObject({ ece: 0, brier: 0 });
    const failed = scoresOf(forecasts([[1, 0]]));
    expect(failed?.logLoss).toBeGreaterThan(20);
    expect(failed?.logLoss).toBeLessThan(21);
    expect(scoresOf([])).toBeNull();
  });
});
