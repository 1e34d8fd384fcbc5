// The gzipped size of the ES module, with the compression of a careful web server.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 6_144;

const size = gzipSync(readFileSync(new URL("../dist/arauto.js", import.meta.url)), { level: 9 }).length;
console.log(`dist/arauto.js: ${size} bytes gzipped (limit ${LIMIT})`);
process.exitCode = size > LIMIT ? 1 : 0;
