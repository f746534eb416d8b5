// Comfort only: every page does all its work without this file.
"use strict";
(() => {
  // Leave at once: the page is replaced, so that “back” does not return to it.
  for (const link of document.querySelectorAll("[data-leave]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      location.replace(link.href);
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
