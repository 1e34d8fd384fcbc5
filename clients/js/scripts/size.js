// The gzipped size of the ES module, with the compression of a careful web server: within its limit, and as the README says.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 6_144;

const size = gzipSync(readFileSync(new URL("../dist/arauto.js", import.meta.url)), { level: 9 }).length;
console.log(`dist/arauto.js: ${size} bytes gzipped (limit ${LIMIT})`);
if (size > LIMIT) process.exitCode = 1;

const figure = `${(size / 1024).toFixed(1)} KB gzipped`;
if (!readFileSync(new URL("../../../README.md", import.meta.url), "utf8").includes(figure)) {
  console.error(`README.md does not say "${figure}".`);
  process.exitCode = 1;
}
