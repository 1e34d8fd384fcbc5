// Proxies from Debian's packages that hand each request to the next node, whoever it is from.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "./cluster.js";
import { inTime } from "./wait.js";

const authority = (url) => new URL(url).host;

/** nginx, told to pass WebSocket on. */
function nginx(folder, port, nodes) {
  return `
daemon off;
# One process without a user of its own, which could not write where the test can.
master_process off;
pid ${folder}/nginx.pid;
error_log stderr;
events { worker_connections 768; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
  upstream arauto { ${nodes.map((node) => `server ${authority(node)} max_fails=1 fail_timeout=1s;`).join(" ")} }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://arauto;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
    }
  }
}
`;
}

function haproxy(folder, port, nodes) {
  return `
defaults
  mode http
  timeout connect 5000
  timeout client 50000
  timeout server 50000
frontend all
  bind 127.0.0.1:${port}
  default_backend arauto
backend arauto
  balance roundrobin
  option httpchk GET /readyz
${nodes.map((node, i) => `  server node${i} ${authority(node)} check inter 500`).join("\n")}
`;
}

const KINDS = {
  nginx: { program: "/usr/sbin/nginx", configure: nginx, args: (folder, file) => ["-p", folder, "-c", file, "-e", "stderr"] },
  haproxy: { program: "/usr/sbin/haproxy", configure: haproxy, args: (_, file) => ["-db", "-f", file] },
};

/** The proxies, and why one cannot be tested here. */
export const BALANCERS = Object.entries(KINDS).map(([name, { program }]) => ({ name, skip: existsSync(program) ? false : `${program} is not here` }));

/** Starts a proxy in front of nodes. */
export async function startBalancer(kind, folder, nodes) {
  const { program, configure, args } = KINDS[kind];
  const port = await freePort();
  const file = join(folder, `${kind}.conf`);
  await writeFile(file, configure(folder, port, nodes));
  const proxy = spawn(program, args(folder, file), { stdio: "ignore" });
  const failed = once(proxy, "exit").then(([code]) => Promise.reject(new Error(`${kind} ended with ${code}`)));
  failed.catch(() => {});
  const url = `http://127.0.0.1:${port}`;
  const passesOn = async () => {
    while (!(await fetch(`${url}/healthz`).then((answer) => answer.ok, () => false))) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await inTime(`${kind} passes requests on`, Promise.race([passesOn(), failed]));
  return {
    url,
    async stop() {
      proxy.kill("SIGTERM");
      await failed.catch(() => {});
    },
  };
}
