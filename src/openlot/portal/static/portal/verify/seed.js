// Opening record and seed (§5.2, §5.4).
import { readLines, oneOf, token } from "./lines.js";
import { Cursor } from "./reading.js";
import { Refusal } from "./refusal.js";
import { opens } from "./sources.js";

/** Read the opening record (启封记录). */
export function parseOpening(bytes, file) {
  const cursor = new Cursor(readLines(bytes, file), file);
  const head = cursor.take("vdr1", 3, (fields) => {
    oneOf(fields[1], "kind", ["open"]);
    return { session: token(fields[2], "session") };
  });
  const values = cursor.takeAll("value", 3, (fields) => ({ id: token(fields[1], "source"), value: fields[2] }));
  cursor.end();
  return { file, session: head.session, sessionLine: head.line, values };
}

/** Check that the opening opens every source of the announcement in its order and return the seed (种子). */
export function seedOf(announcement, opening, suite) {
  const { file } = opening;
  if (opening.session !== announcement.session) {
    throw new Refusal("session", { wanted: announcement.session, found: opening.session }, file, opening.sessionLine);
  }
  announcement.sources.forEach((source, i) => {
    const row = opening.values[i];
    if (!row || row.id !== source.id) {
      throw new Refusal("source-missing", { source: source.id }, file, row ? row.line : 0);
    }
    if (!opens(source, row.value, { session: announcement.session, id: source.id, suite })) {
      throw new Refusal(`not-opened-${source.type}`, { source: source.id, value: row.value }, file, row.line);
    }
  });
  const extra = opening.values[announcement.sources.length];
  if (extra) throw new Refusal("source-unknown", { source: extra.id }, file, extra.line);
  const parts = opening.values.map((row) => `${row.id}=${row.value}`);
  return suite.hx(`vdr1|seed|${announcement.digest}|${parts.join("|")}`);
}
