// A server process of its own, with its data in a folder that goes with it.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROGRAM = process.env.ARAUTO_SERVER ?? fileURLToPath(new URL("../../../../artifacts/bin/Arauto.Server/release/Arauto.Server.dll", import.meta.url));
const START_LIMIT = 60_000;

/** Why there is no server to test with; nothing if there is one. */
export const missing = existsSync(PROGRAM) ? undefined : `${PROGRAM} is not built`;

/** Starts a server in development mode on a port that the system gives. */
export async function startServer() {
  const folder = mkdtempSync(join(tmpdir(), "arauto-js-"));
  const process_ = spawn("dotnet", [PROGRAM, "serve", "--listen", "127.0.0.1:0", "--metrics", "off", "--data", folder], { stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise((resolve) => process_.once("exit", resolve));
  const url = await new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error("The server did not start in time.")), START_LIMIT);
    const said = [];
    for (const stream of [process_.stdout, process_.stderr]) {
      createInterface(stream).on("line", (line) => {
        said.push(line);
        const address = /Listening on (http:[^ ,]+)/.exec(line)?.[1];
        if (!address) return;
        clearTimeout(limit);
        resolve(address);
      });
    }
    exited.then((code) => reject(new Error(`The server ended with ${code}: ${said.join("\n")}`)));
  });
  return {
    url,
    token: async (user) => (await (await fetch(`${url}dev/token`, { method: "POST", body: JSON.stringify({ user }) })).json()).token,
    async stop() {
      process_.kill("SIGKILL");
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
