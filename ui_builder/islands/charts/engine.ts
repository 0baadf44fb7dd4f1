// ECharts with the parts that our charts use, and no others. Drawn as SVG: sharp at every zoom and in print, and the same as
// the server's pictures. Parts are named by their files: through the package's index the map's code would come along here.
import "echarts/lib/chart/bar";
import "echarts/lib/chart/custom";
import "echarts/lib/chart/line";
import "echarts/lib/chart/pie";
import "echarts/lib/chart/scatter";
import "echarts/lib/component/gridSimple";
import "echarts/lib/component/markLine";
import "echarts/lib/component/tooltip";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use(SVGRenderer);

export { init };
