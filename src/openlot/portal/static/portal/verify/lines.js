// Canonical encoding (§2): ASCII lines ended by LF, fields between bars, typed words.
import { Refusal, placed } from "./refusal.js";

const TOKEN = /^[A-Za-z0-9._:+-]{1,64}$/;
const TAG = /^[A-Za-z0-9._:-]{1,64}$/;
const INT = /^(0|[1-9][0-9]{0,9})$/;
const HEX = /^[0-9a-f]*$/;
const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const DATETIME = /^([0-9]{4}-[0-9]{2}-[0-9]{2})T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\+08:00$/;
export const LARGEST = 2147483647;

function badByte(bytes) {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return ["byte-order-mark", 0];
  for (let i = 0; i < bytes.length; i += 1) {
    if (bytes[i] > 0x7e) return ["ascii", i];
    if (bytes[i] === 0x0d) return ["carriage-return", i];
  }
  return null;
}

/** Return the text of ASCII bytes. */
export function asciiText(bytes) {
  return new TextDecoder("latin1").decode(bytes);
}

/** Return ASCII text as bytes. */
export function asciiBytes(text) {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Return the lines of a file without their LF (逐行读取), or refuse the encoding; 0 bytes are no lines. */
export function readLines(bytes, file) {
  const bad = badByte(bytes);
  if (bad) {
    let line = 1;
    for (let i = 0; i < bad[1]; i += 1) if (bytes[i] === 0x0a) line += 1;
    throw new Refusal(bad[0], {}, file, line);
  }
  if (bytes.length === 0) return [];
  const lines = asciiText(bytes).split("\n");
  if (lines.pop() !== "") throw new Refusal("final-newline", {}, file, lines.length + 1);
  lines.forEach((line, i) => {
    if (line === "") throw new Refusal("blank-line", {}, file, i + 1);
    if (line.endsWith(" ")) throw new Refusal("trailing-space", {}, file, i + 1);
  });
  return lines;
}

/** Parse every line with `parse(fields, line number)`; a refusal gets file and line. */
export function parseEach(lines, file, parse) {
  return lines.map((line, i) => placed(file, i + 1, () => parse(line.split("|"), i + 1)));
}

/** Refuse a line that has not exactly `count` fields. */
export function expectFields(fields, count) {
  if (fields.length !== count) throw new Refusal("fields", { wanted: count, found: fields.length });
}

function refuse(field, value) {
  throw new Refusal("field", { field, value });
}

/** A TOKEN; a lone `-` is none. */
export function token(value, field) {
  return TOKEN.test(value) && value !== "-" ? value : refuse(field, value);
}

/** A TOKEN or `-`. */
export function tokenOrNone(value, field) {
  return value === "-" ? value : token(value, field);
}

/** An INT from `low` to `high`. */
export function integer(value, field, low = 0, high = LARGEST) {
  const number = INT.test(value) ? Number(value) : NaN;
  return number >= low && number <= high ? number : refuse(field, value);
}

/** HEX of `length` digits. */
export function hexadecimal(value, field, length = 64) {
  return value.length === length && HEX.test(value) ? value : refuse(field, value);
}

/** HEX of 64 digits, or `-`. */
export function hexOrNone(value, field) {
  return value === "-" ? value : hexadecimal(value, field);
}

/** One of the words that may stand here. */
export function oneOf(value, field, words) {
  return words.includes(value) ? value : refuse(field, value);
}

/** A DATE of the calendar. */
export function date(value, field) {
  const found = DATE.exec(value);
  if (!found) return refuse(field, value);
  const [year, month, day] = found.slice(1).map(Number);
  const at = new Date(Date.UTC(2000, month - 1, day));
  at.setUTCFullYear(year, month - 1, day);
  return year > 0 && at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? value : refuse(field, value);
}

/** A DATETIME at +08:00, or `-`. */
export function datetimeOrNone(value, field) {
  if (value === "-") return value;
  const found = DATETIME.exec(value);
  if (!found) return refuse(field, value);
  date(found[1], field);
  return value;
}

/** TAGS as a list; `extra` is a word that may stand among them (`@need` in a slot). */
export function tags(value, field, extra = null) {
  if (value === "-") return [];
  const words = value.split("+");
  for (let i = 0; i < words.length; i += 1) {
    const known = words[i] === extra || (TAG.test(words[i]) && words[i] !== "-");
    if (!known || (i > 0 && words[i - 1] >= words[i])) refuse(field, value);
  }
  return words;
}

/** Compare by bytes: the texts are ASCII, so the code units are the bytes. */
export function byBytes(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Compare lists of texts by bytes, the first difference deciding. */
export function byEach(a, b) {
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return byBytes(a[i], b[i]);
  return 0;
}

/** Refuse rows that are not strictly ascending by `key(row)`, a list of texts; rows know their `line`. */
export function ascending(rows, file, key) {
  for (let i = 1; i < rows.length; i += 1) {
    const order = byEach(key(rows[i - 1]), key(rows[i]));
    if (order === 0) throw new Refusal("twice", { value: key(rows[i]).join("|") }, file, rows[i].line);
    if (order > 0) throw new Refusal("order", { value: key(rows[i]).join("|") }, file, rows[i].line);
  }
}
