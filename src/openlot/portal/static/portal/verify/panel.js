// One place on the page where a verification shows itself: status, progress, steps.
import { say, stepItem, verdict } from "./render.js";
import { verifyAway } from "./work.js";

/** A panel (核验面板) around the elements of `root` marked data-status, data-progress and data-steps. */
export class Panel {
  constructor(root) {
    this.root = root;
    this.status = root.querySelector("[data-status]");
    this.progress = root.querySelector("[data-progress]");
    this.steps = root.querySelector("[data-steps]");
    this.run = 0;
  }

  /** Say how it stands. */
  tell(text, state = "") {
    this.status.textContent = text;
    this.status.dataset.state = state;
  }

  hear({ step, progress, done, all }) {
    if (step) this.steps.append(stepItem(step));
    if (progress) {
      this.progress.max = all;
      this.progress.value = done;
      this.progress.setAttribute("aria-label", say(`stage.${progress}`));
    }
  }

  /** Verify what was given and show it; a later call replaces an earlier one. */
  async verify(given, published) {
    this.run += 1;
    const run = this.run;
    const isCurrent = () => run === this.run;
    this.steps.replaceChildren();
    this.progress.hidden = false;
    this.progress.removeAttribute("value");
    this.tell(say("page.working"), "working");
    try {
      const last = await verifyAway({ given, published }, (message) => isCurrent() && this.hear(message));
      if (isCurrent()) this.tell(verdict(last), last.ok ? "ok" : "bad");
    } catch (error) {
      if (isCurrent()) this.tell(say("page.crashed", { message: error.message }), "bad");
    } finally {
      if (isCurrent()) this.progress.hidden = true;
    }
  }
}
