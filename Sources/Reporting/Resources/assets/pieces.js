// Where scripts run, chosen files go up piece by piece: with progress, with a way to stop, and after a cut connection
// they go on where they stopped. Without scripts the form takes them whole.
"use strict";
(() => {
  const form = document.querySelector("form[data-pieces]");
  const input = form?.querySelector("input[type=file]");
  const box = form?.querySelector("[data-sending]");
  if (!input || !box) return;
  const [bar, said, stop] = ["progress", "[data-said]", "[data-stop]"].map((found) => box.querySelector(found));
  const words = box.dataset;
  const size = 4 * 1024 * 1024;
  let request = null;
  let isStopped = false;
  let isSending = false;

  const address = (file) =>
    `${form.dataset.pieces}/${encodeURIComponent(file.name)}?of=${file.size}x${file.lastModified}`;
  const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));
  const refusal = (status) => Object.assign(new Error(status), { status });
  // 409: the server still holds a piece of the line that was cut; 502 and 504: a proxy waits for the server.
  const mayPass = (status) => [undefined, 409, 502, 504].includes(status);
  // How much is there.
  const kept = async (file) => {
    const answer = await fetch(address(file), { credentials: "same-origin" });
    if (!answer.ok) throw refusal(answer.status);
    return (await answer.json()).kept;
  };
  // One piece. Not fetch: it does not tell how much has gone.
  const send = (file, from) => new Promise((done, failed) => {
    const end = Math.min(from + size, file.size);
    request = new XMLHttpRequest();
    request.open("PUT", address(file));
    request.setRequestHeader("Content-Range", `bytes ${from}-${end - 1}/${file.size}`);
    request.setRequestHeader("X-Form-Token", form.elements.csrf.value);
    request.upload.onprogress = ({ loaded }) => { bar.value = from + loaded; };
    request.onload = () => done(request);
    request.onerror = request.onabort = request.ontimeout = failed;
    request.send(file.slice(from, end));
  });

  // True: whole and kept. A word: why not. Throws where the form itself has to say more.
  const whole = async (file) => {
    let from = 0;
    let failures = 0;
    bar.max = file.size;
    let refusals = 0;
    while (!isStopped && refusals < 8) {
      try {
        if (failures > 0 || from === 0) from = await kept(file);
        said.textContent = words.running.replace("{file}", file.name);
        const answer = await send(file, from);
        if (answer.status === 201) return true;
        if (answer.status === 200) return JSON.parse(answer.responseText).refused;
        if (answer.status !== 202) throw refusal(answer.status);
        from = JSON.parse(answer.responseText).kept;
        failures = refusals = 0;
      } catch ({ status }) {
        // A line may be cut for long; a server that answers and takes nothing will not take more by being asked for ever.
        if (isStopped || !mayPass(status)) break;
        if (status) refusals += 1;
        failures += 1;
        said.textContent = words.cut.replace("{file}", file.name);
        await pause(Math.min(30, 2 ** failures));
      }
    }
    throw new Error("not whole");
  };

  // What was not taken, and why; throws where one is stopped, or where the form itself has to say more.
  const all = async (files) => {
    const refused = [];
    for (const file of files) {
      const answer = await whole(file);
      if (answer !== true) refused.push(`${answer} ${file.name}`);
    }
    return refused;
  };

  // Before the form's own listeners: they see it when only the plain fields are left.
  form.addEventListener("submit", async (event) => {
    const files = [...input.files];
    // An empty file has no piece: the form says what is wrong with it.
    const isPlain = files.length === 0 || files.some((file) => file.size === 0);
    if (isPlain || form.dataset.whole || event.submitter?.value === "back") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (isSending) return;
    box.hidden = stop.hidden = isStopped = false;
    isSending = true;
    form.querySelectorAll("[name=refused]").forEach((field) => field.remove());
    try {
      for (const refusal of await all(files)) {
        const field = Object.assign(document.createElement("input"), { type: "hidden", name: "refused", value: refusal });
        form.append(field);
      }
      input.value = "";
      form.requestSubmit(event.submitter);
    } catch {
      if (isStopped) said.textContent = words.stopped;
      else {
        form.dataset.whole = "yes";
        form.requestSubmit(event.submitter);
      }
    }
    isSending = false;
    stop.hidden = true;
  }, { capture: true });

  stop.addEventListener("click", () => {
    isStopped = true;
    request?.abort();
  });
})();
