// The program around picture.ts: reads the charts, writes the pictures; one that cannot be drawn is null.
import { readFileSync } from "node:fs";
import type { ChartData } from "./data.ts";
import { picture } from "./picture.ts";

const { charts, width } = JSON.parse(readFileSync(0, "utf8")) as { charts: ChartData[]; width: number };
const drawn = charts.map((data) => {
  try {
    return picture(data, width);
  } catch (error) {
    console.error(error);
    return null;
  }
});
process.stdout.write(JSON.stringify(drawn));
