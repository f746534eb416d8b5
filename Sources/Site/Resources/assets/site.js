// Comfort only: every page does all its work without this file.
"use strict";
(() => {
  // Leave at once: what is shown goes first, the server forgets meanwhile, and the page is replaced, so that “back” does
  // not return to it. Escape, twice within a second, does the same.
  const exit = document.querySelector("form[data-leave]");
  if (exit) {
    const leave = (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      document.documentElement.hidden = true;
      document.title = "…";
      fetch(exit.action, { method: "POST", keepalive: true, redirect: "manual" }).catch(() => {});
      location.replace(exit.dataset.leave);
    };
    exit.addEventListener("submit", leave);
    let pressed = -Infinity;
    addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.repeat) return;
      if (event.timeStamp - pressed < 1000) leave(event);
      pressed = event.timeStamp;
    });
    // A page of the public that the browser kept is asked for again: the server knows whether it is still to be shown.
    addEventListener("pageshow", (event) => {
      if (event.persisted) location.reload();
    });
  }

  // The error summary takes the focus.
  document.querySelector("[data-focus]")?.focus();

  // A form is sent once. A page that comes back from the cache may send again.
  for (const form of document.querySelectorAll("form")) {
    form.addEventListener("submit", (event) => {
      const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
      if (question && !confirm(question)) {
        event.preventDefault();
        return;
      }
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      if (form.method === "post") form.dataset.sent = "yes";
    });
  }
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // Print buttons are drawn hidden and shown here, since without scripts they could do nothing.
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }

  // What goes on by itself is looked at again until it is over; the focus stays where it is.
  const look = async () => {
    const shown = document.querySelector("[data-again]");
    if (!shown || shown.contains(document.activeElement)) return setTimeout(look, 1500);
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = answer.ok && page.querySelector("[data-found]");
      if (!fresh) return;
      shown.replaceWith(document.adoptNode(fresh));
      if (fresh.matches("[data-again]")) setTimeout(look, 1500);
    } catch {
      setTimeout(look, 5000);
    }
  };
  if (document.querySelector("[data-again]")) setTimeout(look, 1000);

  // Queues: j and k move, Enter opens (the focus is on a link). Never while writing.
  const links = [...document.querySelectorAll("[data-queue] a[data-item]")];
  if (links.length > 0) {
    addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest("input, textarea, select, [contenteditable]")) return;
      const step = event.key === "j" ? 1 : event.key === "k" ? -1 : 0;
      if (step === 0) return;
      const focused = links.indexOf(document.activeElement);
      const current = focused >= 0 ? focused : links.findIndex((link) => link.getAttribute("aria-current"));
      links[Math.min(links.length - 1, Math.max(0, current + step))].focus();
      event.preventDefault();
    });
  }
})();
