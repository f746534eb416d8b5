// Too many from one address: where scripts run, a small computation gets one through at once. The page works without.
"use strict";
(() => {
  const box = document.querySelector("[data-challenge]");
  if (!box || !window.Worker) return;
  const bar = box.querySelector("progress");
  const said = box.querySelector("[data-said]");
  const stop = box.querySelector("[data-stop]");
  const again = box.querySelector("[data-again]");
  const form = document.querySelector("[data-resend]");
  let worker = null;

  const halt = (words) => {
    worker?.terminate();
    worker = null;
    said.textContent = words;
    stop.hidden = true;
    again.hidden = false;
  };
  const hand = async (proof) => {
    try {
      const answer = await fetch(box.dataset.action, {
        method: "POST", credentials: "same-origin", body: new URLSearchParams({ proof }),
      });
      if (!answer.ok) return halt(box.dataset.failed);
      said.textContent = box.dataset.done;
      stop.hidden = true;
      form.requestSubmit();
    } catch {
      halt(box.dataset.failed);
    }
  };
  const start = () => {
    worker = new Worker(box.dataset.solver);
    worker.onerror = () => halt(box.dataset.failed);
    worker.onmessage = ({ data }) => {
      if (data.done) bar.value = data.done;
      if (data.proof) hand(data.proof);
    };
    bar.value = 0;
    bar.max = Number(box.dataset.pieces);
    stop.hidden = false;
    again.hidden = true;
    said.textContent = box.dataset.running;
    worker.postMessage({
      challenge: box.dataset.challenge, pieces: bar.max, bits: Number(box.dataset.bits),
    });
  };
  stop.addEventListener("click", () => halt(box.dataset.stopped));
  again.addEventListener("click", start);
  box.hidden = false;
  start();
})();
