// A heat map: one hue, the larger the stronger; a number in each cell that has room for it.
import { inkOn, shade } from "./colours.ts";
import type { ChartData, Look, Option } from "./data.ts";
import { grid, ground, widthOf } from "./frame.ts";

const GAP = 2;
const LINE = 16; // pixels that a line of words needs
const NOTHING = 0.05; // the opacity of zero

export interface Cell {
  column: number;
  row: number;
  number: number | null;
  opacity: number;
  ink: string;
  text: string;
}

interface Drawing {
  coord: (at: [number, number]) => [number, number];
  size: (of: [number, number]) => [number, number];
}

export function heat(data: ChartData, look: Look): Option {
  const labels = data.categories.map((category) => category.label);
  const left = Math.min(look.width * 0.28, Math.max(0, ...labels.map(widthOf)) + 14);
  const room = (look.width - left) / Math.max(1, data.series.length);
  const written = look.height / Math.max(1, labels.length) >= LINE && data.series.every((series) => series.texts.every((text) => widthOf(text) + 3 <= room));
  const named = data.series.every((series) => widthOf(series.name) <= room - 2);
  const last = data.series.at(-1)?.name ?? "";
  const over = named ? 0 : Math.max(0, (widthOf(last) - room) / 2); // what the last name needs beside its cell
  const quiet = { axisTick: { show: false }, axisLine: { show: false } };
  const words = { color: look.ink3, fontSize: 12, fontFamily: look.font };
  const drawn = cells(data, look);
  return {
    ...ground(data, look),
    grid: grid(data, look, { left: 0, right: 2 + over, top: 2, bottom: 0 }),
    xAxis: { type: "category", data: data.series.map((series) => series.name), ...quiet, axisLabel: { ...words, interval: named ? 0 : "auto", hideOverlap: true } },
    yAxis: { type: "category", inverse: true, data: labels, ...quiet, axisLabel: { ...words, interval: look.height / Math.max(1, labels.length) >= LINE ? 0 : "auto", width: left - 10, overflow: "truncate" } },
    series: [
      {
        type: "custom", cursor: "pointer", encode: { x: 0, y: 1 }, data: drawn.map((cell) => [cell.column, cell.row, cell.number]),
        renderItem: ({ dataIndex }: { dataIndex: number }, drawing: Drawing) => square(drawn[dataIndex], drawing, look, written),
      },
    ],
  };
}

/** The cells row by row; a blank one has no number. */
export function cells(data: ChartData, look: Look): Cell[] {
  const all = data.series.flatMap((series) => series.data.filter((number) => number !== null));
  const [least, most] = [Math.min(0, ...all), Math.max(0, ...all)];
  return data.categories.flatMap((_, row) => data.series.map((series, column) => {
    const number = series.data[row] ?? null;
    const opacity = number === 0 || number === null ? NOTHING : shade(most > least ? (number - least) / (most - least) : 1);
    return { column, row, number, opacity, ink: inkOn(look.colours[0] ?? look.ink, opacity, look), text: series.texts[row] ?? "" };
  }));
}

function square(cell: Cell | undefined, drawing: Drawing, look: Look, written: boolean): Option | undefined {
  if (!cell || cell.number === null) return undefined;
  const [x, y] = drawing.coord([cell.column, cell.row]);
  const [width, height] = drawing.size([1, 1]).map((side) => Math.max(1, side - GAP)) as [number, number];
  return {
    type: "rect", shape: { x: x - width / 2, y: y - height / 2, width, height, r: 3 }, style: { fill: look.colours[0], opacity: cell.opacity },
    emphasis: { style: { stroke: look.ink, lineWidth: 1.5 } },
    ...(written ? { textContent: { style: { text: cell.text, fill: cell.ink, fontSize: 12, fontFamily: look.font } }, textConfig: { position: "inside" } } : {}),
  };
}
