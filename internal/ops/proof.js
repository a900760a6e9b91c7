// The page of a preview: shows what is chosen, and each version as it comes, without
// losing the place in any pane.
"use strict";
(() => {
  let version = document.documentElement.dataset.version;
  const kept = (key, otherwise) => {
    try { return JSON.parse(localStorage.getItem(key)) ?? otherwise; } catch { return otherwise; }
  };
  const keep = (key, value) => {
    try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* shown all the same */ }
  };

  // Which panes are shown, and how large.
  const hidden = new Set(kept("hidden", []));
  for (const box of document.querySelectorAll("[data-shows]")) {
    const show = () => { document.getElementById("pane-" + box.dataset.shows).hidden = !box.checked; };
    box.checked = !hidden.has(box.dataset.shows);
    show();
    box.addEventListener("change", () => {
      box.checked ? hidden.delete(box.dataset.shows) : hidden.add(box.dataset.shows);
      keep("hidden", [...hidden]);
      show();
    });
  }
  for (const size of document.querySelectorAll("[name=scale]")) {
    size.checked = size.value === kept("scale", "75");
    size.addEventListener("change", () => keep("scale", size.value));
  }

  // A part that has changed takes the place of the old one, scrolled as that was.
  const renewPart = (old, next) => {
    if (old.innerHTML === next.innerHTML) return;
    const { scrollTop, scrollLeft } = old;
    old.replaceChildren(...next.childNodes);
    old.scrollTop = scrollTop;
    old.scrollLeft = scrollLeft;
  };

  // A frame is loaded behind the old one, scrolled as that is, and then shown.
  const renewFrame = (old, src) => {
    old.parentNode.querySelector(".next")?.remove();
    if (old.getAttribute("src") === src) return;
    const next = old.cloneNode();
    next.className = "next";
    next.src = src;
    const show = () => {
      if (!next.isConnected || !old.isConnected) return;
      const from = old.contentWindow;
      next.contentWindow.scrollTo(from.scrollX, from.scrollY);
      next.className = "";
      old.remove();
    };
    next.addEventListener("load", show, { once: true });
    old.after(next);
    setTimeout(show, 1500); // a picture from elsewhere is not waited for longer
  };

  const renew = async () => {
    const answer = await fetch(location.href, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const panes = (of) => of.getElementById("panes")?.dataset.panes;
    if (!answer.ok || panes(page) !== panes(document)) {
      location.reload(); // another set of panes
      return;
    }
    version = page.documentElement.dataset.version;
    document.title = page.title;
    for (const part of page.querySelectorAll("[data-part], #status")) {
      renewPart(document.getElementById(part.id), part);
    }
    for (const frame of page.querySelectorAll("iframe")) {
      const pane = frame.closest(".pane").id;
      renewFrame(document.querySelector(`#${pane} iframe:not(.next)`), frame.getAttribute("src"));
    }
    document.documentElement.dataset.version = version;
  };

  let running = Promise.resolve();
  const status = document.getElementById("status");
  let before = null; // what the status said before we lost the preview
  const versions = new EventSource("/versions");
  versions.addEventListener("message", (told) => {
    document.body.classList.remove("lost");
    if (before) status.replaceChildren(...before);
    before = null;
    running = running.then(async () => { if (told.data !== version) await renew(); }).catch(() => {});
  });
  versions.addEventListener("error", () => {
    document.body.classList.add("lost");
    if (before) return;
    before = [...status.childNodes];
    const dot = document.createElement("span");
    dot.className = "dot";
    status.replaceChildren(dot, "The preview has ended, or cannot be reached: trying again.");
  });
})();
