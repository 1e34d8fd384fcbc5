// The frames of the native protocol (docs/protocol.md) as far as the client looks into them.

/** A frame to the server. */
export interface Command {
  type: string;
  id?: number;
  channel?: string;
  [field: string]: unknown;
}

/** A frame of the server; of an unknown type it is a message. */
export interface Frame {
  type: string;
  id?: number;
  channel?: string;
  [field: string]: any;
}

/** Seconds between signs of life, and after which silence means the end. */
export interface Heartbeat {
  interval: number;
  timeout: number;
}
