// What browsers tell: the network came or went, the page is seen again.

import assert from "node:assert/strict";
import test from "node:test";
import { settle, World } from "./support/world.js";

/** A window, as far as the client listens to it. */
function browser(t) {
  const target = new EventTarget();
  const document = { hidden: false };
  Object.assign(globalThis, { document, addEventListener: target.addEventListener.bind(target) });
  t.after(() => {
    delete globalThis.document;
    delete globalThis.addEventListener;
  });
  return { document, dispatch: (type) => target.dispatchEvent(new Event(type)) };
}

test("Online ends the wait", async (t) => {
  const window = browser(t);
  const world = new World(t);
  for (const kind of ["ws", "sse", "poll"]) world.server.blocked.set(kind, "refuse");
  await world.listen("a");
  world.took();
  world.server.blocked.clear();
  window.dispatch("offline");
  await settle();
  assert.deepEqual(world.took(), []);
  window.dispatch("online");
  await settle();
  assert.deepEqual(world.took(), ["connecting ws", "connected ws"]);
});

test("Online does not come before the time that the server asked for", async (t) => {
  const window = browser(t);
  const world = new World(t);
  await world.listen("a");
  world.server.tell({ type: "move", after: 5, reason: "draining" });
  world.server.cut({ code: 1001 });
  world.took();
  window.dispatch("online");
  await settle();
  assert.deepEqual(world.took(), []);
  await world.pass(5_500);
  assert.deepEqual(world.took(), ["connecting ws", "connected ws"]);
});

test("Online looks at once whether something better works again", async (t) => {
  const window = browser(t);
  const world = new World(t);
  world.server.blocked.set("ws", "refuse");
  await world.listen("a");
  world.server.blocked.clear();
  world.took();
  window.dispatch("online");
  await world.pass(1);
  assert.deepEqual(world.took(), ["connected ws"]);
});

test("A page that is seen again finds out within seconds that its WebSocket is dead", async (t) => {
  const window = browser(t);
  const world = new World(t);
  await world.listen("a");
  world.took();
  window.document.hidden = true;
  window.dispatch("visibilitychange");
  assert.ok(!world.server.commands.some(({ type }) => type === "ping"));
  window.document.hidden = false;
  window.dispatch("visibilitychange");
  await world.pass(6_000);
  assert.deepEqual(world.took(), []);
  world.server.say = () => {};
  window.dispatch("visibilitychange");
  await world.pass(5_000);
  assert.equal(world.took()[0], "waiting");
});

for (const transport of ["sse", "poll"]) {
  test(`${transport}: a page that is seen again asks anew, and loses nothing`, async (t) => {
    const window = browser(t);
    const world = new World(t, { transport });
    const received = await world.listen("a");
    world.took();
    window.dispatch("visibilitychange");
    world.server.publish("a", 1);
    await settle();
    world.server.publish("a", 2);
    await settle();
    assert.deepEqual([...received], [1, 2]);
    assert.deepEqual(world.took(), []);
    world.server.blocked.set(transport, "hang");
    window.dispatch("visibilitychange");
    await world.pass(5_500);
    assert.equal(world.took()[0], transport === "sse" ? "waiting" : undefined);
  });
}

test("A closed client no longer listens", async (t) => {
  const window = browser(t);
  const world = new World(t);
  await world.listen("a");
  world.client.close();
  world.took();
  window.dispatch("online");
  await world.pass(1_000);
  assert.deepEqual(world.took(), []);
});
