// A cursor over a file that has a fixed order of lines: header, sections, `end`.
import { expectFields } from "./lines.js";
import { Refusal, placed } from "./refusal.js";

/** Takes lines in order (顺序读取); every refusal carries file and line. */
export class Cursor {
  constructor(lines, file) {
    this.lines = lines;
    this.file = file;
    this.at = 0;
  }

  /** Say whether the next line is of this kind. */
  isNext(kind) {
    return this.at < this.lines.length && this.lines[this.at].split("|", 1)[0] === kind;
  }

  /** Take the next line, which must be of this kind with `count` fields, and parse it. */
  take(kind, count, parse) {
    const line = this.at + 1;
    if (!this.isNext(kind)) {
      throw new Refusal("wanted", { kind, found: this.lines[this.at] ?? "" }, this.file, line);
    }
    const fields = this.lines[this.at].split("|");
    this.at += 1;
    return placed(this.file, line, () => {
      expectFields(fields, count);
      return { line, ...parse(fields) };
    });
  }

  /** Take all lines of this kind that follow one another. */
  takeAll(kind, count, parse) {
    const rows = [];
    while (this.isNext(kind)) rows.push(this.take(kind, count, parse));
    return rows;
  }

  /** Take `end`; nothing may follow. */
  end() {
    this.take("end", 1, () => ({}));
    if (this.at < this.lines.length) {
      throw new Refusal("after-end", { found: this.lines[this.at] }, this.file, this.at + 1);
    }
  }
}
