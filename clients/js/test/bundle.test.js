// The files that are published.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import vm from "node:vm";
import * as module from "@arauto/client";

const dist = (name) => readFileSync(new URL(`../dist/${name}`, import.meta.url), "utf8");
const NAMES = ["ArautoClient", "ArautoError", "Channel"];

test("The module and the script-tag build have the same names", () => {
  assert.deepEqual(Object.keys(module).sort(), NAMES);
  // What a page or a worker has, and nothing of Node.js.
  const page = vm.createContext({ URL, URLSearchParams, AbortController, WebSocket: class {}, fetch, setTimeout, clearTimeout });
  vm.runInContext(dist("arauto.global.js"), page);
  assert.deepEqual(Object.keys(page.Arauto).sort(), NAMES);
  assert.equal(vm.runInContext('new Arauto.ArautoClient("https://example.org", { token: "t" }).status.state', page), "idle");
});

test("A relative address is one of the page's server", () => {
  const page = vm.createContext({ URL, URLSearchParams, AbortController, setTimeout, clearTimeout, location: { href: "https://example.org/app/index.html" } });
  page.WebSocket = class {
    constructor(url) {
      page.url = url;
    }
    close() {}
  };
  vm.runInContext(dist("arauto.global.js"), page);
  const connect = (url) => {
    vm.runInContext(`client = new Arauto.ArautoClient(${JSON.stringify(url)}, { token: "t" }); client.connect();`, page);
    return new Promise((resolve) => setImmediate(() => (vm.runInContext("client.close()", page), resolve(page.url))));
  };
  return (async () => {
    assert.equal(await connect("/"), "wss://example.org/ws");
    assert.equal(await connect("../prefix?a=b#c"), "wss://example.org/prefix/ws");
    assert.equal(await connect("wss://other.example:8443"), "wss://other.example:8443/ws");
    assert.equal(await connect("http://other.example/prefix/"), "ws://other.example/prefix/ws");
  })();
});
