// Bundles the dashboard's scripts and styles into ../static/dist, every name with a hash of its content.
// Called by scripts/build_assets.py, which has run `npm ci` before. Usage: node build.mjs OUTPUT-FOLDER

import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const sources = path.resolve(here, "../static");
const output = path.resolve(process.argv[2] ?? path.join(sources, "dist"));

/** One SVG file with a <symbol> for each Lucide icon that icons.txt names. */
async function sprite() {
  const names = (await readFile(path.join(here, "icons.txt"), "utf8")).split(/\s+/).filter(Boolean);
  const symbols = names.map(async (name) => {
    const svg = await readFile(path.join(here, "node_modules/lucide-static/icons", `${name}.svg`), "utf8");
    const [, shapes] = svg.match(/<svg[^>]*>([^]*)<\/svg>/);
    return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.replace(/\s+/g, " ").trim()}</symbol>`;
  });
  const licence = "<!-- Lucide icons, ISC licence, https://lucide.dev/license -->";
  return `<svg xmlns="http://www.w3.org/2000/svg">${licence}${(await Promise.all(symbols)).join("")}</svg>\n`;
}

/** The licences of what is bundled, word for word, as they ask for. */
async function licences() {
  const about = JSON.parse(await readFile(path.join(here, "package.json"), "utf8"));
  const texts = Object.keys(about.dependencies).map(async (name) => {
    const text = await readFile(path.join(here, "node_modules", name, "LICENSE"), "utf8");
    return `${name} ${about.dependencies[name]}\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${"-".repeat(80)}\n\n`);
}

const hashed = (name, text) => {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase();
  return name.replace(/(\.\w+)$/, `-${hash}$1`);
};

const result = await build({
  absWorkingDir: sources,
  entryPoints: [
    { in: "css/app.css", out: "app" },
    { in: "js/app.js", out: "app" },
    { in: "js/traffic.js", out: "traffic" },
    { in: "js/statistics.js", out: "statistics" },
    { in: "js/waterfall.js", out: "waterfall" },
    { in: "js/feed-worker.js", out: "feed-worker" },
  ],
  nodePaths: [path.join(here, "node_modules")],
  outdir: output,
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["chrome115", "firefox115", "safari16.4"],
  minify: true,
  legalComments: "none",
  loader: { ".woff2": "file" },
  entryNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  assetNames: "[name]-[hash]",
  metafile: true,
  logLevel: "warning",
});

const manifest = {};
for (const [file, about] of Object.entries(result.metafile.outputs)) {
  if (!about.entryPoint) continue;
  manifest[path.basename(about.entryPoint)] = path.basename(file);
}

const icons = await sprite();
manifest["icons.svg"] = hashed("icons.svg", icons);
await mkdir(output, { recursive: true });
await writeFile(path.join(output, manifest["icons.svg"]), icons);
await writeFile(path.join(output, "licences.txt"), await licences());
await writeFile(path.join(output, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
