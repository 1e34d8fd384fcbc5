// The host of the Socket.IO suites, as a process with free ports.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROGRAM = process.env.ARAUTO_SOCKETIO_HOST ?? fileURLToPath(new URL("../../../../artifacts/bin/SocketIoHost/release/SocketIoHost.dll", import.meta.url));
const APPLICATIONS = ["conf", "eioc", "sioc", "smoke", "clients", "patient"];
const START_LIMIT = 60_000;

/** Starts the host; its applications' addresses by their names. */
export const startHost = () => start(APPLICATIONS.map(() => "0"), APPLICATIONS);

/** Starts one server of a cluster. */
export async function startMember(redis, adapter, mode) {
  const host = await start(["cluster", redis, adapter, mode.replace("-", "")], ["cluster"]);
  return { ...host, url: host.urls.cluster };
}

async function start(args, applications) {
  if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is not built: dotnet build -c Release tests/hosts/socketio`);
  const host = spawn("dotnet", [PROGRAM, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const exited = once(host, "exit");
  const said = [];
  const urls = await new Promise((resolve, reject) => {
    const found = {};
    const limit = setTimeout(() => reject(new Error(`The host did not start in time: ${said.join("\n")}`)), START_LIMIT);
    exited.then(([code]) => reject(new Error(`The host ended with ${code}: ${said.join("\n")}`)));
    for (const stream of [host.stdout, host.stderr]) {
      createInterface(stream).on("line", (line) => {
        said.push(line);
        const [name, url] = line.split(" ");
        if (applications.includes(name)) found[name] = url;
        if (Object.keys(found).length < applications.length) return;
        clearTimeout(limit);
        resolve(found);
      });
    }
  });
  return {
    urls,
    /** What the host has complained about so far: it logs nothing below a warning. */
    complaints: () => said.filter((line) => !applications.includes(line.split(" ")[0])),
    async stop() {
      host.kill("SIGKILL");
      await exited;
    },
  };
}
