/** Updates stand in the channel's log as JSON, so as base64. */
export const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
