// Builds dougong_ui_builder/static: one stylesheet, the JavaScript with one lazy chunk per island, the icon sprite,
// manifest.json, and the program that draws charts without a browser. Called by build_assets.py, or by hand with `npm run build`.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync, renameSync, existsSync, statSync } from "node:fs";
import { dirname, join, basename } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import postcss from "postcss";
import { PurgeCSS } from "purgecss";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const PACKAGE = join(ROOT, "dougong_ui_builder");
const OUT = join(PACKAGE, "static");
const FRESH = OUT + ".new"; // built aside and then moved, so that a running server never serves half a build

const files = (folder, ending) =>
  readdirSync(folder, { recursive: true }).map(String).filter((f) => f.endsWith(ending)).map((f) => join(folder, f)).sort();
/** Those that main.ts does not import itself: each becomes a chunk of its own. */
const islands = () => {
  const main = readFileSync(join(ROOT, "assets/main.ts"), "utf8");
  const found = readdirSync(join(ROOT, "islands")).filter((f) => /^dg-[a-z-]+\.ts$/.test(f) && !main.includes(`islands/${f}`));
  return found.map((f) => basename(f, ".ts")).sort();
};
const hash = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 10);

/** Tabler's rules for the elements and classes that our sources mention. */
async function purgedTabler() {
  const [{ css }] = await new PurgeCSS().purge({
    css: [join(ROOT, "node_modules/@tabler/core/dist/css/tabler.min.css")],
    content: [...files(join(PACKAGE, "templates"), ".html"), ...files(join(ROOT, "islands"), ".ts")],
    variables: true,
    keyframes: true,
    fontFace: true,
  });
  return css;
}

/** `data-bs-theme="auto"` follows the system: each dark rule once more under the media query. */
const automaticDark = {
  postcssPlugin: "automatic-dark",
  Once(root, { AtRule }) {
    root.walkRules(/\[data-bs-theme="?dark"?\]/, (rule) => {
      const media = new AtRule({ name: "media", params: "(prefers-color-scheme: dark)" });
      const copy = rule.clone();
      copy.selectors = copy.selectors.map((s) => s.replace(/\[data-bs-theme="?dark"?\]/g, '[data-bs-theme="auto"]'));
      media.append(copy);
      rule.after(media);
    });
  },
};

const styles = {
  name: "styles",
  setup(build) {
    build.onResolve({ filter: /^tabler-purged$/ }, () => ({ path: "tabler.css", namespace: "tabler" }));
    build.onLoad({ filter: /.*/, namespace: "tabler" }, async () => {
      const { css } = await postcss([automaticDark]).process(await purgedTabler(), { from: undefined });
      return { contents: css, loader: "css", resolveDir: ROOT };
    });
    build.onLoad({ filter: /assets\/css\/.*\.css$/ }, async ({ path }) => {
      const { css } = await postcss([automaticDark]).process(readFileSync(path, "utf8"), { from: undefined });
      return { contents: css, loader: "css", resolveDir: dirname(path) };
    });
  },
};

/** `import { islands } from "islands"`: tag name → loader of its chunk. */
const islandRegistry = {
  name: "islands",
  setup(build) {
    build.onResolve({ filter: /^islands$/ }, () => ({ path: "islands", namespace: "islands" }));
    build.onLoad({ filter: /.*/, namespace: "islands" }, () => ({
      contents: `export const islands = {${islands().map((i) => `"${i}": () => import("./islands/${i}.ts")`).join(",")}};`,
      resolveDir: ROOT,
      loader: "ts",
    }));
  },
};

function sprite() {
  const folder = join(ROOT, "node_modules/@tabler/icons/icons");
  const names = [...new Set(readFileSync(join(ROOT, "assets/icons.txt"), "utf8").replace(/^#.*$/gm, "").trim().split(/\s+/))].sort();
  const symbols = [];
  for (const name of names) {
    const path = join(folder, "outline", `${name}.svg`);
    if (!existsSync(path)) throw new Error(`assets/icons.txt names “${name}”, which is no Tabler icon.`);
    const inner = readFileSync(path, "utf8").replace(/<!--[\s\S]*?-->/g, "").replace(/<\/?svg[^>]*>/g, "").replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/?>/g, "").replace(/\s+/g, " ").trim();
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`);
  }
  return { names, svg: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>` };
}

/** Every msgid that TypeScript asks for, so that the server sends the page these translations and no others. */
function strings() {
  const found = new Set();
  for (const file of files(join(ROOT, "islands"), ".ts")) {
    if (file.endsWith(".test.ts")) continue;
    for (const [, text] of readFileSync(file, "utf8").matchAll(/\bt\(\s*"((?:[^"\\]|\\.)*)"/g)) found.add(JSON.parse(`"${text}"`));
  }
  return [...found].sort();
}

/** {province: {city: [districts]}} of China, for the address field; read by the server, never sent whole. */
function divisions() {
  const { areaList } = createRequire(import.meta.url)("@vant/area-data");
  const found = {};
  const place = (code) => [areaList.province_list[`${code.slice(0, 2)}0000`], areaList.city_list[`${code.slice(0, 4)}00`]];
  for (const name of Object.values(areaList.province_list)) found[name] = {};
  for (const [code, name] of Object.entries(areaList.city_list)) found[place(code)[0]][name] = [];
  for (const [code, name] of Object.entries(areaList.county_list)) {
    const [province, city] = place(code);
    (found[province][city ?? province] ??= []).push(name);
  }
  return found;
}

rmSync(FRESH, { recursive: true, force: true });
mkdirSync(FRESH, { recursive: true });
const result = await esbuild.build({
  entryPoints: { main: join(ROOT, "assets/main.ts"), style: join(ROOT, "assets/main.css"), mark: join(ROOT, "assets/images/mark.svg") },
  outdir: FRESH, bundle: true, splitting: true, format: "esm", minify: true, target: "es2022", metafile: true,
  entryNames: "[name]-[hash]", chunkNames: "chunk-[name]-[hash]", assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "copy" }, plugins: [styles, islandRegistry], logLevel: "warning", legalComments: "none",
});
// The charts once more, for Node: pictures for mails and documents. Never served.
await esbuild.build({
  entryPoints: { "chart-picture": join(ROOT, "islands/charts/pictures.ts") }, outdir: FRESH, outExtension: { ".js": ".mjs" }, bundle: true, format: "esm", platform: "node",
  minify: true, target: "node18", define: { "process.env.NODE_ENV": '"production"' }, logLevel: "warning", legalComments: "none",
});
const icons = sprite();
const iconFile = `icons-${hash(icons.svg)}.svg`;
writeFileSync(join(FRESH, iconFile), icons.svg);

const manifest = { files: { "icons.svg": iconFile }, icons: icons.names, strings: strings() };
const sizes = [["icons.svg", iconFile]];
for (const [path, output] of Object.entries(result.metafile.outputs)) {
  const name = basename(path);
  if (output.entryPoint) manifest.files[basename(output.entryPoint).replace("main.ts", "main.js").replace("main.css", "style.css")] = name;
  else if (name.endsWith(".woff2")) manifest.files["inter.woff2"] = name;
  sizes.push([output.entryPoint ? basename(output.entryPoint) : name, name]);
}
const entry = Object.entries(result.metafile.outputs).find(([, o]) => o.entryPoint?.endsWith("main.ts"))[1];
manifest.preload = entry.imports.filter((i) => i.kind === "import-statement").map((i) => basename(i.path));
writeFileSync(join(FRESH, "divisions.json"), JSON.stringify(divisions()));
writeFileSync(join(FRESH, "manifest.json"), JSON.stringify(manifest, null, 1));

// Precompressed beside each file: the server sends these as they are.
for (const file of readdirSync(FRESH).filter((f) => /\.(js|css|svg)$/.test(f))) {
  const bytes = readFileSync(join(FRESH, file));
  writeFileSync(join(FRESH, `${file}.gz`), gzipSync(bytes, { level: 9 }));
  writeFileSync(join(FRESH, `${file}.br`), brotliCompressSync(bytes));
}
rmSync(OUT, { recursive: true, force: true });
renameSync(FRESH, OUT);
let total = 0;
console.log("asset                                          bytes      gzip    brotli");
for (const [name, file] of sizes.sort()) {
  const bytes = readFileSync(join(OUT, file));
  const gz = gzipSync(bytes, { level: 9 }).length;
  if (file.endsWith(".js")) total += gz;
  console.log(`${name.padEnd(40)} ${String(statSync(join(OUT, file)).size).padStart(11)} ${String(gz).padStart(9)} ${String(brotliCompressSync(bytes).length).padStart(9)}`);
}
console.log(`all JavaScript, compressed: ${(total / 1024).toFixed(1)} KB`);
