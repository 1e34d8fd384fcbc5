export { ArautoClient, type ClientEvents } from "./client.js";
export { Channel } from "./channel.js";
export { ArautoError } from "./error.js";
export type * from "./types.js";
