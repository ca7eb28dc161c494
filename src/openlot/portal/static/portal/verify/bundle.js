// The bundle (§8.3): a zip, or the files of a folder; names outside the protocol are ignored.
import { asciiText } from "./lines.js";
import { Refusal } from "./refusal.js";
import { readZip } from "./zip.js";

const KNOWN = /^(announcement|roster|opening|result|void|outcome|public|receipt|frame-[A-Za-z0-9._:+-]{1,64}|(replace|rematch)-[1-9][0-9]{0,9})\.vdr$|^docs\/[^/]+$|^SHA256SUMS$/;
const ANCHORS = ["announcement.vdr", "receipt.vdr", "public.vdr"];
const SINGLE = /^vdr1\|(receipt|public)\|/;

function isZip(bytes) {
  return bytes.length >= 22 && bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/** A receipt or public edition goes by its first line: browsers number downloads of one name. */
function named([name, bytes]) {
  const found = SINGLE.exec(asciiText(bytes.subarray(0, 16)));
  return found ? [`${name.slice(0, name.lastIndexOf("/") + 1)}${found[1]}.vdr`, bytes] : [name, bytes];
}

/** Every folder, with its slash, that holds one of the files a bundle starts from. */
function foldersOf(names, anchor) {
  return names.filter((name) => name === anchor || name.endsWith(`/${anchor}`)).map((name) => name.slice(0, -anchor.length));
}

/** Return the files of a bundle by name (证据包) from `[name, bytes]`; one zip stands for what it holds. */
export function openBundle(given) {
  const zips = given.filter(([, bytes]) => isZip(bytes));
  const entries = given.length === 1 && zips.length === 1 ? readZip(given[0][1], given[0][0]) : given.map(named);
  const names = entries.map(([name]) => name);
  const anchor = ANCHORS.find((one) => foldersOf(names, one).length > 0);
  if (!anchor) throw new Refusal("no-bundle");
  const folders = foldersOf(names, anchor);
  if (folders.length > 1) throw new Refusal("two-bundles");
  const files = new Map();
  for (const [name, bytes] of entries) {
    if (!name.startsWith(folders[0])) continue;
    const own = name.slice(folders[0].length);
    if (!KNOWN.test(own)) continue;
    if (files.has(own)) throw new Refusal("twice", { value: own }, own);
    files.set(own, bytes);
  }
  return files;
}

/** Return the numbered files of one kind in their order, e.g. `replace`. */
export function numbered(files, kind) {
  const names = [...files.keys()].filter((name) => name.startsWith(`${kind}-`));
  const numberOf = (name) => Number(name.slice(kind.length + 1, -4));
  return names.sort((a, b) => numberOf(a) - numberOf(b)).map((name) => [name, files.get(name)]);
}
