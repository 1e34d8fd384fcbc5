// The demo pages bring the client with them: the copy must be the present build. `--write` makes it so.

import { readFileSync, writeFileSync } from "node:fs";

const built = new URL("../dist/arauto.js", import.meta.url);
const copy = new URL("../../../src/Arauto.Server/Demo/Page/arauto.js", import.meta.url);

if (process.argv.includes("--write")) {
  writeFileSync(copy, readFileSync(built));
} else if (!readFileSync(copy).equals(readFileSync(built))) {
  console.error("src/Arauto.Server/Demo/Page/arauto.js is not the present build: npm run build && npm run check-demo -- --write");
  process.exitCode = 1;
}
