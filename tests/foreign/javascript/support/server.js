// `arauto serve` as a process on a free port.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { inTime } from "./wait.js";

const PROGRAM = fileURLToPath(new URL("../../../../artifacts/bin/Arauto.Server/release/Arauto.Server.dll", import.meta.url));
const START_LIMIT = 60_000;

/** Starts a node on a Redis. Nodes with one folder have one key, so a token of one is good for all. */
export async function startServer(redis, folder) {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not built: dotnet build -c Release src/Arauto.Server`);
  const server = spawn("dotnet", [PROGRAM, "serve", "--listen", "127.0.0.1:0", "--metrics", "off", "--data", folder, "--redis", redis], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(server, "exit");
  const said = [];
  const listening = new Promise((resolve, reject) => {
    exited.then(([code]) => reject(new Error(`The server ended with ${code}: ${said.join("\n")}`)));
    for (const stream of [server.stdout, server.stderr]) {
      createInterface(stream).on("line", (line) => {
        said.push(line);
        const url = /Listening on (http:[^ ,]+?)\/?,/.exec(line)?.[1];
        if (url) resolve(url);
      });
    }
  });
  const url = await inTime("the start of a server", listening, START_LIMIT);
  const ready = async () => {
    while (!(await fetch(`${url}/readyz`)).ok) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await inTime("the server is ready", ready(), START_LIMIT);
  return {
    url,
    async stop() {
      server.kill("SIGKILL");
      await exited;
    },
  };
}
