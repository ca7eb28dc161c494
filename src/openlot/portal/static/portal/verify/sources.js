// Seed sources (§5.2): what their parameter may say, and whether a value opens it.
import { hexadecimal, integer, oneOf, token } from "./lines.js";
import { Refusal } from "./refusal.js";

const SYMBOL = /^[0-9A-Za-z]$/;

function badParam(param) {
  throw new Refusal("field", { field: "param", value: param });
}

function range(text, param) {
  const ends = text.split("-");
  return ends.length === 2 ? ends : badParam(param);
}

function chainParam(param) {
  const [n, top, ...rest] = param.split(":");
  if (rest.length || top === undefined) badParam(param);
  return { n: integer(n, "param", 1), top: hexadecimal(top, "param") };
}

function digitsParam(param) {
  const [ends, count, ...rest] = param.split(":");
  if (rest.length || count === undefined) badParam(param);
  const [low, high] = range(ends, param);
  if (!SYMBOL.test(low) || !SYMBOL.test(high) || low >= high) badParam(param);
  return { low, high, count: integer(count, "param", 1) };
}

function numbersParam(param) {
  const [ends, count, order, ...event] = param.split(":");
  if (event.length === 0) badParam(param);
  const [low, high] = range(ends, param).map((end) => integer(end, "param"));
  if (low >= high) badParam(param);
  token(event.join(":"), "param");
  const n = integer(count, "param", 1);
  const ordered = oneOf(order, "param", ["ordered", "sorted"]) === "ordered";
  if (!ordered && n > high - low + 1) badParam(param);
  return { low, high, count: n, ordered };
}

const PARAMS = {
  commit: (param) => ({ digest: hexadecimal(param, "param") }),
  chain: chainParam,
  digits: digitsParam,
  numbers: numbersParam,
};

/** Read the type and parameter of a source (随机数来源); beacons are refused until their signatures are checked. */
export function parseSource(type, param) {
  if (type === "drand" || type === "nist") throw new Refusal("beacon", { type });
  oneOf(type, "type", Object.keys(PARAMS));
  return { type, param: PARAMS[type](param) };
}

function opensDigits({ low, high, count }, value) {
  return value.length === count && [...value].every((c) => SYMBOL.test(c) && c >= low && c <= high);
}

function opensNumbers({ low, high, count, ordered }, value) {
  const words = value.split(".");
  const width = String(high).length;
  const isNumber = (word) => word.length === width && /^[0-9]+$/.test(word) && Number(word) >= low && Number(word) <= high;
  if (words.length !== count || !words.every(isNumber)) return false;
  return ordered || words.every((word, i) => i === 0 || words[i - 1] < word);
}

const OPENS = {
  commit: ({ digest }, value, { session, id, suite }) =>
    /^[0-9a-f]{64}$/.test(value) && suite.hx(`vdr1|commit|${session}|${id}|${value}`) === digest,
  chain: ({ top }, value, { suite }) => /^[0-9a-f]{64}$/.test(value) && suite.hx(`vdr1|link|${value}`) === top,
  digits: opensDigits,
  numbers: opensNumbers,
};

/** Say whether `value` opens a source (启封): `where` holds session, source id and suite. */
export function opens(source, value, where) {
  return OPENS[source.type](source.param, value, where);
}
