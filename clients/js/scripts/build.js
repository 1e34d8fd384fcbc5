// Builds what is published: the ES module, the script-tag build, and the declarations.

import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

const bundle = {
  absWorkingDir: root,
  entryPoints: ["src/index.ts"],
  bundle: true,
  minify: true,
  // What starts with an underscore is not for users; it need not keep its name.
  mangleProps: /^_/,
  target: "es2022",
  legalComments: "none",
};

rmSync(`${root}dist`, { recursive: true, force: true });
await build({ ...bundle, format: "esm", outfile: "dist/arauto.js" });
await build({ ...bundle, format: "iife", globalName: "Arauto", outfile: "dist/arauto.global.js" });

// The declarations of what users can reach, and no others.
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", root], { stdio: "inherit" });

const reached = new Set(["index"]);
for (const name of reached) {
  for (const [, next] of readFileSync(`${root}dist/${name}.d.ts`, "utf8").matchAll(/from "\.\/([\w-]+)\.js"/g)) reached.add(next);
}
for (const file of readdirSync(`${root}dist`)) {
  if (file.endsWith(".d.ts") && !reached.has(file.slice(0, -".d.ts".length))) rmSync(`${root}dist/${file}`);
}
