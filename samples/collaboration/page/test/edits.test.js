import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as Y from 'yjs';
import { findEdit, moveIndex } from '../edits.js';
import { randomFromSeed } from '../../../../tests/browser/random.js';

const apply = (text, { start, end, text: inserted }) => text.slice(0, start) + inserted + text.slice(end);

test('finds what was typed where the caret is', () => {
  assert.equal(findEdit('abc', 'abc', 1), null);
  assert.deepEqual(findEdit('aaa', 'aaaa', 2), { start: 1, end: 1, text: 'a' });
  assert.deepEqual(findEdit('aaa', 'aa', 1), { start: 1, end: 2, text: '' });
  assert.deepEqual(findEdit('one two', 'one three two', 10), { start: 4, end: 4, text: 'three ' });
  assert.deepEqual(findEdit('', 'new', 3), { start: 0, end: 0, text: 'new' });
});

test('never cuts a character in two', () => {
  // Both begin with the same half.
  assert.deepEqual(findEdit('a😀b', 'a😁b', 3), { start: 1, end: 3, text: '😁' });
  // Both end with the same half: U+1F600 and U+1FA00.
  assert.deepEqual(findEdit('\u{1F600}', '\u{1FA00}', 2), { start: 0, end: 2, text: '\u{1FA00}' });
});

test('keeps a place where it was while others write around it', () => {
  assert.equal(moveIndex(5, [{ insert: 'abc' }]), 8);
  assert.equal(moveIndex(5, [{ retain: 5 }, { insert: 'abc' }]), 5);
  assert.equal(moveIndex(5, [{ retain: 2 }, { delete: 2 }]), 3);
  assert.equal(moveIndex(5, [{ retain: 3 }, { delete: 10 }]), 3);
  assert.equal(moveIndex(5, [{ retain: 6 }, { insert: 'abc' }, { delete: 1 }]), 5);
});

test('makes of any two texts one edit that Yjs can take, and moves places as Yjs does', () => {
  const random = randomFromSeed();
  const pick = (count) => Math.floor(random() * count);
  const letters = ['a', 'b', '\n', '😀', '😁', '\u{1FA00}'];
  for (let round = 0; round < 2000; round++) {
    const before = Array.from({ length: pick(8) }, () => letters[pick(letters.length)]);
    const after = [...before];
    const at = pick(after.length + 1);
    const typed = Array.from({ length: pick(3) }, () => letters[pick(letters.length)]);
    after.splice(at, pick(3), ...typed);
    const caret = after.slice(0, at + typed.length).join('').length;
    const edit = findEdit(before.join(''), after.join(''), caret);
    if (!edit) continue;
    assert.equal(apply(before.join(''), edit), after.join(''));

    const text = new Y.Doc().getText();
    text.insert(0, before.join(''));
    const place = pick(text.length + 1);
    const relative = Y.createRelativePositionFromTypeIndex(text, place, -1);
    let delta = [];
    text.observe((event) => (delta = event.delta));
    text.doc.transact(() => {
      text.delete(edit.start, edit.end - edit.start);
      text.insert(edit.start, edit.text);
    });
    assert.equal(text.toString(), after.join(''));
    if (place < edit.start || place > edit.end) assert.equal(moveIndex(place, delta), Y.createAbsolutePositionFromRelativePosition(relative, text.doc).index);
  }
});
