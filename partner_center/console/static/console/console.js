// Behaviour of every console page: dialogs, toasts, choosing rows, the keyboard, charts.
// Pages work without it; it makes them quicker.
(() => {
  "use strict";
  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const words = (id) => one(`#${id}`)?.content.textContent.trim() ?? "";

  // ------------------------------------------------------------------ toasts
  const toasts = () => one("#toasts");

  function settle(toast) {
    const stay = toast.classList.contains("pc-error") ? 9000 : 4500;
    toast.addEventListener("click", () => toast.remove());
    setTimeout(() => toast.remove(), stay);
  }

  function say(text, tone) {
    if (!text) return;
    const toast = document.createElement("div");
    toast.className = `pc-toast pc-${tone}`;
    toast.textContent = text;
    toasts().append(toast);
    settle(toast);
  }

  document.addEventListener("pc:toast", (event) => say(event.detail.text, event.detail.tone));
  document.addEventListener("htmx:sendError", () => say(words("toast-offline"), "error"));
  document.addEventListener("htmx:responseError", (event) => {
    const answer = new DOMParser().parseFromString(event.detail.xhr.responseText || "", "text/html");
    const told = event.detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/html");
    say((told && answer.body.textContent.trim().slice(0, 300)) || words("toast-broken"), "error");
  });

  // ------------------------------------------------------------------ dialogs
  const dialog = () => one("#dialog");

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "dialog-body") return;
    if (!dialog().open && event.detail.target.childElementCount) dialog().showModal();
    const wrong = one(".is-invalid, [autofocus]", dialog()) ?? one(".pc-dialog-body input:not([type=hidden]), .pc-dialog-body select, .pc-submit", dialog());
    wrong?.focus();
  });
  document.addEventListener("pc:close", () => dialog().close());
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) one(`#${opener.dataset.open}`)?.showModal();
    const closer = event.target.closest("[data-close]");
    const box = closer?.closest("dialog");
    if (box) {
      event.preventDefault();
      box.close();
    } else if (closer && closer.tagName === "BUTTON") {
      history.back();
    }
    if (event.target.tagName === "DIALOG") event.target.close();
    for (const drop of all(".pc-drop[open]")) if (!drop.contains(event.target) || event.target.closest(".pc-drop-body a, .pc-drop-body button")) drop.open = false;
    const menu = event.target.closest("[data-menu]");
    if (menu) {
      const open = document.body.classList.toggle("pc-menu-open");
      menu.setAttribute("aria-expanded", String(open));
    } else if (document.body.classList.contains("pc-menu-open") && !event.target.closest(".pc-side")) {
      document.body.classList.remove("pc-menu-open");
    }
    const copied = event.target.closest("[data-copy]");
    if (copied) navigator.clipboard?.writeText(copied.dataset.copy).then(() => say(words("toast-copied"), "success"));
  });

  // A menu near the edge of a scrolling table would be cut off: let it float above the page.
  document.addEventListener("toggle", (event) => {
    const drop = event.target;
    if (!drop.open || !drop.classList?.contains("pc-drop")) return;
    for (const other of all(".pc-drop[open]")) if (other !== drop) other.open = false;
    const body = one(".pc-drop-body", drop);
    if (!drop.closest(".pc-scroll")) return;
    const at = drop.getBoundingClientRect();
    body.classList.add("pc-floating");
    const below = innerHeight - at.bottom > body.offsetHeight + 8;
    body.style.top = `${below ? at.bottom + 2 : Math.max(4, at.top - body.offsetHeight - 2)}px`;
    body.style.left = `${Math.max(4, Math.min(at.right - body.offsetWidth, innerWidth - body.offsetWidth - 4))}px`;
  }, true);
  document.addEventListener("scroll", (event) => {
    if (event.target instanceof Element && event.target.closest(".pc-drop-body")) return;
    for (const drop of all(".pc-scroll .pc-drop[open]")) drop.open = false;
  }, true);

  // ------------------------------------------------------------------ lists
  function count(list) {
    const bar = one("[data-batches]", list);
    if (!bar) return;
    const boxes = all("tbody input[name=row]", list);
    const chosen = boxes.filter((box) => box.checked).length;
    bar.hidden = chosen === 0;
    const told = one("[data-chosen-count]", bar);
    told.textContent = told.dataset.chosenCount.replace("%s", String(chosen));
    for (const box of boxes) box.closest("tr").classList.toggle("pc-row-chosen", box.checked);
    const head = one("[data-all]", list);
    if (head) {
      head.checked = chosen > 0 && chosen === boxes.length;
      head.indeterminate = chosen > 0 && chosen < boxes.length;
    }
  }

  document.addEventListener("change", (event) => {
    const list = event.target.closest("[data-list]");
    if (event.target.matches("[data-all]")) for (const box of all("tbody input[name=row]", list)) box.checked = event.target.checked;
    if (list) count(list);
    const drop = event.target.closest("details[data-drop]");
    if (drop) {
      const chosen = all("input:checked", drop).map((box) => box.closest("label").textContent.trim());
      const summary = one("summary", drop);
      summary.textContent = chosen.length ? chosen.join(", ") : summary.dataset.none;
    }
  });
  document.addEventListener("submit", (event) => {
    if (event.target.matches("[data-once]")) setTimeout(() => all("button", event.target).forEach((button) => (button.disabled = true)), 0);
  });
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, label, summary, details")) return;
    if (getSelection()?.toString()) return;
    if (event.metaKey || event.ctrlKey) open(row.dataset.href, "_blank", "noopener");
    else location.href = row.dataset.href;
  });

  // Typing filters after a pause; leaving the field afterwards is no further change.
  const typed = "form[data-trim] input[type=search], form[data-trim] input[type=text]";
  const pauses = new WeakMap();
  document.addEventListener("input", (event) => {
    if (!event.target.matches(typed)) return;
    const form = event.target.form;
    clearTimeout(pauses.get(form));
    pauses.set(form, setTimeout(() => form.dispatchEvent(new Event("pc:filter")), 350));
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches?.(typed)) event.stopPropagation();
  }, true);

  // Empty filter fields stay out of the address.
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.elt.matches("[data-trim]")) return;
    for (const name of [...event.detail.formData.keys()]) {
      const kept = event.detail.formData.getAll(name).filter((value) => value !== "");
      event.detail.formData.delete(name);
      for (const value of kept) event.detail.formData.append(name, value);
    }
  });

  // ------------------------------------------------------------------ keyboard
  let leader = "";
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      for (const drop of all(".pc-drop[open]")) drop.open = false;
      document.body.classList.remove("pc-menu-open");
      if (event.target.matches?.("[data-search]")) event.target.blur();
      return;
    }
    if (event.target.closest?.("input, textarea, select, [contenteditable]") || one("dialog[open]")) return;
    const rows = all("tr[data-href], .pc-table tbody tr").filter((row) => row.offsetParent);
    const at = rows.findIndex((row) => row.classList.contains("pc-row-here"));
    const go = (to) => {
      rows[at]?.classList.remove("pc-row-here");
      rows[to]?.classList.add("pc-row-here");
      rows[to]?.scrollIntoView({ block: "nearest" });
    };
    const before = leader;
    leader = event.key;
    const press = {
      "/": () => one("[data-search]")?.focus(),
      "?": () => one("#keys")?.showModal(),
      j: () => go(Math.min(at + 1, rows.length - 1)),
      k: () => go(Math.max(at - 1, 0)),
      x: () => one("input[name=row]", rows[at] ?? document.createElement("i"))?.click(),
      n: () => one(".pc-pager [rel=next]")?.click(),
      p: () => one(".pc-pager [rel=prev]")?.click(),
      h: () => before === "g" && one(".pc-brand")?.click(),
      Enter: () => {
        if (at >= 0 && rows[at].dataset.href && !event.target.closest("a, button, summary")) location.href = rows[at].dataset.href;
      },
    }[event.key];
    if (!press) return;
    if (event.key === "/" || event.key === "?") event.preventDefault();
    press();
  });

  // ------------------------------------------------------------------ charts
  const loaded = new Map();
  const script = (address) => {
    if (!loaded.has(address)) {
      loaded.set(address, new Promise((done, failed) => {
        const tag = document.createElement("script");
        tag.src = address;
        tag.onload = done;
        tag.onerror = failed;
        document.head.append(tag);
      }));
    }
    return loaded.get(address);
  };
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  async function draw(box) {
    if (box.dataset.drawn) return;
    box.dataset.drawn = "1";
    await script(box.dataset.chartScript);
    const data = JSON.parse(one(".pc-chart-data", box).textContent);
    const canvas = document.createElement("div");
    canvas.className = "pc-chart-canvas";
    box.append(canvas);
    const chart = echarts.init(canvas);
    const text = colour("--pc-soft"), line = colour("--pc-line");
    chart.setOption({
      animationDuration: 250,
      color: [colour("--pc-accent"), "#2f9e77", "#d08b1d", "#8a63c9", "#c2564f", "#5b7083"],
      textStyle: { fontFamily: colour("--pc-font") },
      grid: { left: 8, right: 12, top: 34, bottom: 4, containLabel: true },
      legend: { top: 0, itemWidth: 12, itemHeight: 12, textStyle: { color: text } },
      tooltip: { trigger: "axis", renderMode: "richText", axisPointer: { type: data.kind === "bar" ? "shadow" : "line" } },
      xAxis: { type: "category", data: data.labels, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: text } },
      yAxis: { type: "value", axisLabel: { color: text }, splitLine: { lineStyle: { color: line } } },
      series: data.series.map((series) => ({ name: series.name, type: data.kind, data: series.values.map(Number), stack: data.stacked ? "all" : undefined, barMaxWidth: 26, showSymbol: false, smooth: 0.2 })),
    });
    new ResizeObserver(() => chart.resize()).observe(box);
  }

  // ------------------------------------------------------------------ whenever something new is on the page
  function greet(root) {
    all("[data-toast]", root).forEach(settle);
    all("[data-chart]", root).forEach(draw);
    if (root.matches?.("[data-chart]")) draw(root);
    all("[data-list]", root).forEach(count);
    if (root.matches?.("[data-list]")) count(root);
  }
  document.addEventListener("DOMContentLoaded", () => {
    greet(document);
    if (matchMedia("(min-width: 900px)").matches) all("[data-open-wide]").forEach((more) => (more.open = true));
  });
  document.addEventListener("htmx:afterSettle", (event) => greet(event.detail.elt));
})();
