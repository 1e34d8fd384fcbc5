// Builds each sample's page script, with the licences of the packages in it, into its wwwroot. Both are committed, so that
// the samples run without npm; `--check` fails when they are not the present build.

import { build } from 'esbuild';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));

for (const sample of ['collaboration', 'request-log']) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`${sample}/page/main.js`],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true,
  });
  put(`${sample}/wwwroot/page.js`, outputFiles[0].text);
  put(`${sample}/wwwroot/page.licences.txt`, licences(Object.keys(metafile.inputs)));
}

function put(name, content) {
  if (!process.argv.includes('--check')) {
    writeFileSync(root + name, content);
  } else if (!existsSync(root + name) || readFileSync(root + name, 'utf8') !== content) {
    console.error(`samples/${name} is not the present build: npm run build in samples`);
    process.exitCode = 1;
  }
}

/** The licence of each package that a bundled file comes from. */
function licences(files) {
  const packages = new Set(files.flatMap((file) => file.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? []));
  return [...packages].sort().map((name) => {
    const folder = `${root}node_modules/${name}/`;
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(folder + file, 'utf8').trim() : JSON.parse(readFileSync(`${folder}package.json`, 'utf8')).license;
    return `${name}\n\n${text}\n`;
  }).join('\n----\n\n');
}
