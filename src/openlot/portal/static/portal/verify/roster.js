// Roster file (§9.1): inspectors sorted by id, then recusals sorted by (id, target).
import { ascending, expectFields, hexadecimal, integer, oneOf, parseEach, readLines, tags, token, tokenOrNone } from "./lines.js";
import { Refusal } from "./refusal.js";

function inspector(fields, line) {
  expectFields(fields, 9);
  hexadecimal(fields[8], "salt", 32);
  return {
    line,
    id: token(fields[2], "inspector"),
    dept: token(fields[3], "dept"),
    district: tokenOrNone(fields[4], "district"),
    cap: integer(fields[5], "cap"),
    load: integer(fields[6], "load"),
    tags: tags(fields[7], "tags"),
  };
}

function recusal(fields, line) {
  expectFields(fields, 6);
  hexadecimal(fields[5], "salt", 32);
  return {
    line,
    inspector: token(fields[2], "inspector"),
    target: token(fields[3], "target"),
    code: token(fields[4], "code"),
  };
}

function parseLine(fields, line) {
  oneOf(fields[0], "protocol", ["vdr1"]);
  return oneOf(fields[1] ?? "", "kind", ["insp", "recuse"]) === "insp" ? inspector(fields, line) : recusal(fields, line);
}

/** Read a roster (执法检查人员名册): lines as they stand, inspectors, recusals. */
export function parseRoster(bytes, file) {
  const lines = readLines(bytes, file);
  const rows = parseEach(lines, file, parseLine);
  const inspectors = rows.filter((row) => "id" in row);
  const recusals = rows.filter((row) => !("id" in row));
  const late = inspectors.find((row) => row.line > inspectors.length);
  if (late) throw new Refusal("order", { value: late.id }, file, late.line);
  ascending(inspectors, file, (row) => [row.id]);
  ascending(recusals, file, (row) => [row.inspector, row.target]);
  const known = new Set(inspectors.map((row) => row.id));
  const stranger = recusals.find((row) => !known.has(row.inspector));
  if (stranger) throw new Refusal("unknown-inspector", { value: stranger.inspector }, file, stranger.line);
  return { file, lines, inspectors, recusals };
}
