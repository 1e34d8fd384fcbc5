// Compiled, never run: what the types allow, and (with @ts-expect-error) what they must refuse.

import { ArautoClient, ArautoError, type Gap, type HistoryPage, type Message, type Published, type Status } from "@arauto/client";

interface Events {
  [event: string]: unknown;
}

interface Ticks {
  tick: number;
}

type Room = {
  chat: { content: string };
  moved: { x: number; y: number };
};

const client = new ArautoClient("https://example.org", { token: async () => "t", transport: "auto" });
new ArautoClient(new URL("https://example.org"), { token: "t", timeout: 1_000, queueLimit: 10, bufferLimit: 10 });
// @ts-expect-error a token is needed
new ArautoClient("https://example.org", {});
// @ts-expect-error no such transport
new ArautoClient("https://example.org", { token: "t", transport: "carrier pigeon" });

client.on("status", (status: Status) => {
  if (status.state === "connected") console.log(status.transport, status.user);
  if (status.state === "waiting") console.log(new Date(status.retryAt), status.error.code);
  // @ts-expect-error only one that waits has a time
  if (status.state === "connecting") console.log(status.retryAt);
});
client.on("error", (error) => console.log(error.code, error.retryAfter, error.message));
// @ts-expect-error no such event
client.on("connected", () => {});

const room = client.channel<Room>("room:1", { since: "c" });

room
  .on("chat", (message) => {
    const content: string = message.data.content;
    const event: "chat" = message.type;
    console.log(content, event, message.offset, message.from?.length);
    // @ts-expect-error another event's payload
    console.log(message.data.x);
  })
  .on("moved", ({ data }) => console.log(data.x + data.y))
  .on("*", (message) => {
    if (message.type === "chat") console.log(message.data.content);
    // @ts-expect-error the event is not known here
    console.log(message.data.content);
  })
  .on("gap", (gap: Gap) => console.log(gap.from, gap.to, gap.reason))
  .on("presence", ({ action, user }) => console.log(action === "join", user))
  .on("typing", ({ user }) => console.log(user))
  .on("receipt", ({ user, delivered, read }) => console.log(user, delivered, read))
  .on("subscribe", ({ cursor }) => console.log(cursor?.length))
  .on("error", (error) => console.log(error.code));

// @ts-expect-error no such event
room.on("chatt", () => {});
// @ts-expect-error a handler for another payload
room.on("chat", (message: Message<{ x: number }, "chat">) => console.log(message));

export async function use(): Promise<void> {
  const published: Published = await room.publish("chat", { content: "hi" }, { key: "k" });
  console.log(published.offset, published.fanout === "full");
  // @ts-expect-error no such event
  await room.publish("chatt", { content: "hi" });
  // @ts-expect-error a payload that is not the event's
  await room.publish("chat", { text: "hi" });
  // @ts-expect-error a payload is needed
  await room.publish("moved");

  for await (const message of room) {
    if (message.type === "moved") console.log(message.data.x);
    // @ts-expect-error a chat has no place
    if (message.type === "chat") console.log(message.data.x);
  }

  const page: HistoryPage<Room> = await room.history({ before: 7, limit: 50 });
  for (const message of page.messages) if (message.type === "chat") console.log(message.data.content);
  console.log(page.more, page.cursor, (await room.presence())[0]?.connections, (await room.receipts())[0]?.read);
  await room.receipt({ read: 7 });
  // @ts-expect-error offsets are numbers
  await room.receipt({ read: "7" });
  room.typing();
  room.unsubscribe();

  const loose = client.channel<Events>("room:2");
  await loose.publish("anything", [1, 2, 3]);
  client.channel<Ticks>("public:clock").on("tick", ({ data }) => console.log(data.toFixed()));
  await client.channel("room:3").on("chat", ({ data }) => console.log(data.content)).publish("chat", null);

  try {
    await room.publish("chat", { content: "" });
  } catch (error) {
    if (error instanceof ArautoError && error.code === "rate_limited") console.log(error.retryAfter);
  }
  client.connect();
  client.close();
}

// @ts-expect-error a name is for reading
room.name = "x";
// @ts-expect-error not for users
room._subscription;
