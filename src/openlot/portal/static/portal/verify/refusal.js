// Why a file is refused: a code with its values, and the file and line where it shows.
// The page turns the code into words; nothing here knows a language.

/** What the protocol calls invalid (不合规程): `code`, `values`, `file`, `line` (0 = the whole file). */
export class Refusal extends Error {
  constructor(code, values = {}, file = "", line = 0) {
    super(`${file}${line ? `:${line}` : ""} ${code} ${JSON.stringify(values)}`.trim());
    this.code = code;
    this.values = values;
    this.file = file;
    this.line = line;
  }

  /** Return the same refusal with a place, unless it already has one (补上文件和行). */
  at(file, line) {
    return this.file ? this : new Refusal(this.code, this.values, file, line);
  }
}

/** Run `act`; a refusal that leaves it without a place gets this one (标明出处). */
export function placed(file, line, act) {
  try {
    return act();
  } catch (error) {
    throw error instanceof Refusal ? error.at(file, line) : error;
  }
}
