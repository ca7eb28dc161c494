// Runs a verification in a worker, or in the page itself where a browser has no module workers.

/** Verify what was given (核验): `tell` hears steps and progress; resolves with the last message. */
export function verifyAway(task, tell) {
  return new Promise((resolve, reject) => {
    const hear = (message) => (message.done === true ? resolve(message) : tell(message));
    const here = async () => (await import("./worker.js")).run(task, hear);
    let worker = null;
    try {
      worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    } catch {
      here().catch(reject);
      return;
    }
    let isStarted = false;
    worker.addEventListener("message", ({ data }) => {
      if (data.ready) {
        isStarted = true;
        worker.postMessage(task);
        return;
      }
      hear(data);
      if (data.done === true) worker.terminate();
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      worker.terminate();
      if (isStarted) reject(new Error(event.message));
      else here().catch(reject);
    });
  });
}
