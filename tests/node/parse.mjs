// Read files with the browser's parsers: standard input holds one JSON array of [kind, hexadecimal bytes,
// announcement], the last for openings, which are read against one;
// the answer is an array of "" for what is accepted, else code and line.
import { readFileSync } from "node:fs";
import { load } from "./sources.mjs";

const { parseRematch, parseReplacement, parseVoid } = await load("acts.js");
const { parseAnnouncement } = await load("announcement.js");
const { parsePublic, parseReceipt } = await load("disclosure.js");
const { parseFrame } = await load("frame.js");
const { Refusal } = await load("refusal.js");
const { parseRoster } = await load("roster.js");
const { parseOpening, seedOf } = await load("seed.js");
const { suiteOf } = await load("suites.js");

const PARSERS = {
  announcement: parseAnnouncement,
  frame: parseFrame,
  roster: parseRoster,
  opening: (bytes, file, beside) => {
    const announcement = parseAnnouncement(beside, "announcement.vdr");
    return seedOf(announcement, parseOpening(bytes, file), announcement.suite);
  },
  void: (bytes, file) => parseVoid(bytes, file, suiteOf("sha256")),
  replace: parseReplacement,
  rematch: parseRematch,
  public: parsePublic,
  receipt: parseReceipt,
};

function said(kind, bytes, beside) {
  try {
    PARSERS[kind](bytes, `${kind}.vdr`, beside);
    return "";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return `${error.code}:${error.line}`;
  }
}

const bytesOf = (text) => new Uint8Array(Buffer.from(text, "hex"));
const asked = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(asked.map(([kind, text, beside]) => said(kind, bytesOf(text), bytesOf(beside)))));
