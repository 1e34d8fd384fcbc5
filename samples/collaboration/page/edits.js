// Texts as a page sees them: what the user changed, and where a place is after others changed something. Without a DOM.

const isHigh = (unit) => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit) => unit >= 0xdc00 && unit <= 0xdfff;

/**
 * The one edit that makes `before` into `after`. Among equal ones it is that which ends at the caret, so that
 * another "a" in "aaa" is where it was typed.
 * @returns {{ start: number, end: number, text: string } | null} what of `before` is replaced, and by what
 */
export function findEdit(before, after, caret) {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let tail = 0;
  const mostTail = Math.min(shorter, after.length - caret);
  while (tail < mostTail && before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)) tail++;
  let start = 0;
  while (start < shorter - tail && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  // Half a character is none: two emojis may share their first or their second half.
  if (start > 0 && isHigh(before.charCodeAt(start - 1))) start--;
  if (tail > 0 && isLow(after.charCodeAt(after.length - tail))) tail--;
  return { start, end: before.length - tail, text: after.slice(start, after.length - tail) };
}

/** Where a place is behind a change in Yjs' form (retain, insert, delete). What is inserted exactly there goes behind it. */
export function moveIndex(index, delta) {
  let at = 0;
  for (const { retain, insert, delete: gone } of delta) {
    if (at > index) break;
    if (retain) at += retain;
    else if (gone) index = Math.max(at, index - gone);
    else {
      if (at < index) index += insert.length;
      at += insert.length;
    }
  }
  return index;
}
