// Names of people and rooms.

const MOODS = ['quiet', 'bright', 'brave', 'gentle', 'swift', 'merry', 'clever', 'sunny', 'calm', 'lucky'];
const BIRDS = ['heron', 'wren', 'robin', 'swift', 'finch', 'plover', 'lark', 'kite', 'owl', 'ibis', 'tern', 'avocet'];
const LONGEST = 40;

const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** What the server takes in the name of a user or a channel: no white space, comma or asterisk. */
const plain = (text) => text.trim().replace(/[\s,*\p{C}]+/gu, '-').replace(/^-+|-+$/g, '').slice(0, LONGEST);

export const proposeName = () => `${pick(MOODS)}-${pick(BIRDS)}`;

export const userName = plain;

export const roomName = (text) => plain(text).toLowerCase();

/** Two letters that stand for a name. */
export function initials(name) {
  const parts = name.split(/[-_.\s]+/).filter(Boolean);
  const letters = parts.length > 1 ? [parts[0], parts[1]].map((part) => [...part][0]) : [...name].slice(0, 2);
  return letters.join('').toUpperCase();
}

/** A colour that a name always has, in degrees. */
export function hue(name) {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)) % 65_521;
  return Math.round((hash * 137.508) % 360);
}
