// Builds what is published: the ES module, the script-tag build, and the declarations.

import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
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
execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, "-p", root], { stdio: "inherit" });
