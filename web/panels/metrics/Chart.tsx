/** One uPlot chart: follows its box, the theme and the data; the cursor is linked across a group; a click picks an x. */
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { ChartData } from './charts.ts';

/** Where the line of now stands over charts. */
export interface Playhead {
  /** x of now, or null. */
  readonly at: () => number | null;
  /** Calls when it has moved; returns how to stop. */
  readonly follow: (moved: () => void) => () => void;
}

interface Props {
  readonly chart: ChartData;
  readonly group: string;
  readonly playhead: Playhead | null;
  readonly onPick: (x: number) => void;
}

const dataOf = (chart: ChartData): uPlot.AlignedData =>
  [chart.x, ...chart.series.map(({ y }) => y)] as unknown as uPlot.AlignedData;

function optionsOf(
  chart: ChartData,
  group: string,
  box: HTMLElement,
  pick: (x: number) => void,
  playhead: Playhead | null,
): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis = {
    stroke: colour('dim'),
    font: `10px ${style.getPropertyValue('--sans')}`,
    grid: { stroke: colour('line'), width: 0.5 },
    ticks: { show: false },
  };
  return {
    width: box.clientWidth,
    height: box.clientHeight,
    legend: { show: false },
    /* Room for half of the last tick's label. */
    padding: [8, 18, 0, 0],
    scales: { x: { time: false }, ...(chart.range ? { y: { range: [...chart.range] as [number, number] } } : {}) },
    axes: [
      { ...axis, size: 18, gap: 2, space: 60 },
      {
        ...axis,
        size: 40,
        gap: 4,
        space: 20,
        values: (_, ticks) => ticks.map((tick) => String(Number(tick.toPrecision(4))).replace('-', '−')),
      },
    ],
    series: [
      {},
      ...chart.series.map(({ tone, dashed, name }) => ({
        label: name,
        stroke: colour(tone),
        width: 1.6,
        spanGaps: false,
        points: { show: chart.x.length < 3, size: 4 },
        ...(dashed ? { dash: [6, 5] } : {}),
      })),
    ],
    cursor: {
      sync: { key: group },
      drag: { x: false, y: false },
      points: { size: 6 },
      bind: {
        click: (plot) => () => {
          const x = plot.posToVal(plot.cursor.left ?? -1, 'x');
          if ((plot.cursor.left ?? -1) >= 0) pick(x);
          return null;
        },
      },
    },
    hooks: playhead ? { draw: [drawNow(colour('text'), playhead)] } : {},
  };
}

/** The playhead, as a line over its charts. */
const drawNow =
  (stroke: string, { at }: Playhead) =>
  (plot: uPlot): void => {
    const now = at();
    if (now === null) return;
    const x = plot.valToPos(now, 'x', true);
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = stroke;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  };

/** Made once; `key` it by theme and number of series, which a plot cannot change. */
export function Chart({ chart, group, playhead, onPick }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const props = useRef({ chart, onPick });

  useEffect(() => {
    props.current = { chart, onPick };
    plot.current?.setData(dataOf(chart));
  }, [chart, onPick]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const first = props.current.chart;
    const made = new uPlot(
      optionsOf(first, group, element, (x) => props.current.onPick(x), playhead),
      dataOf(first),
      element,
    );
    plot.current = made;
    const resizes = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    resizes.observe(element);
    const stop = playhead?.follow(() => made.redraw(false, false));
    return () => {
      stop?.();
      resizes.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [group, playhead]);

  return <div ref={box} className="chart" aria-hidden="true" />;
}
