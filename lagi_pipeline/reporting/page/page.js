"use strict";
// Which quarter is shown, and which line is opened, stands in the address: #2024-Q3/solid_waste. Nothing here prints
// a figure or makes markup: quarters lie ready in templates, and details in their quarter.
(() => {
  const of = (id) => document.getElementById(id);
  const index = JSON.parse(of("index").textContent);
  const stage = of("stage");
  const sheet = of("sheet");
  const title = document.title.slice(index.quarters[index.opened].title.length);
  const sections = new Map([[index.opened, stage.firstElementChild]]);
  let shown = index.opened;
  let opened = null;
  let home = null;

  function asked() {
    if (location.hash.length < 2) return { quarter: index.opened, part: "" };
    const [quarter, ...rest] = location.hash.slice(1).split("/");
    return Object.hasOwn(index.quarters, quarter) ? { quarter, part: rest.join("/") } : { quarter: shown, part: "" };
  }

  function section(quarter) {
    if (!sections.has(quarter)) {
      const lying = document.querySelector(`template[data-quarter="${quarter}"]`);
      sections.set(quarter, lying.content.firstElementChild);
    }
    return sections.get(quarter);
  }

  function turnTo(quarter) {
    const { title: name, said, illustrative } = index.quarters[quarter];
    stage.replaceChildren(section(quarter));
    shown = quarter;
    document.body.classList.toggle("illustrative", illustrative);
    document.title = name + title;
    document.querySelector(`.picker input[value="${quarter}"]`).checked = true;
    of("said").textContent = said;
  }

  function open(detail) {
    if (detail === opened) return;
    putBack();
    opened = detail;
    home = detail.parentNode;
    of("opened").append(detail);
    sheet.setAttribute("aria-labelledby", detail.getAttribute("aria-labelledby"));
    if (!sheet.open) sheet.showModal();
    sheet.scrollTop = 0;
  }

  function putBack() {
    if (!opened) return;
    const link = document.querySelector(`.line a[href="#${opened.id}"]`);
    home.append(opened);
    opened = null;
    sheet.close();
    if (link) link.focus();
  }

  function show() {
    const { quarter, part } = asked();
    if (quarter !== shown) {
      putBack();
      turnTo(quarter);
    }
    const target = part ? of(`${quarter}/${part}`) : null;
    if (target && target.classList.contains("detail")) {
      open(target);
      return;
    }
    putBack();
    if (target) {
      const group = target.closest("details");
      if (group) group.open = true;
      target.scrollIntoView();
      target.focus({ preventScroll: true });
    }
  }

  function go(hash, state) {
    if (hash !== location.hash) history.pushState(state, "", hash);
    show();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const hash = link.getAttribute("href");
    if (!Object.hasOwn(index.quarters, hash.slice(1).split("/")[0])) return;
    event.preventDefault();
    go(hash, { within: true });
  });
  document.querySelector(".picker").addEventListener("change", (event) => go(`#${event.target.value}`, null));
  addEventListener("popstate", show);

  // The sheet closes by its button, by Escape or beside it; the address then follows.
  sheet.addEventListener("close", () => {
    if (!opened || sheet.open) return;
    if (history.state && history.state.within) {
      history.back();
    } else {
      history.replaceState(null, "", `#${shown}`);
      show();
    }
  });
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) sheet.close();
  });
  of("close").addEventListener("click", () => sheet.close());

  const root = document.documentElement;
  const theme = of("theme");
  let dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const told = () => theme.setAttribute("aria-pressed", String(dark));
  theme.addEventListener("click", () => {
    dark = !dark;
    root.dataset.theme = dark ? "dark" : "light";
    told();
  });
  told();

  of("print").addEventListener("click", () => print());
  // Paper shows the groups of tasks whole, and the opened line after the quarter.
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...stage.querySelectorAll("details.group:not([open])")];
    for (const group of unfolded) group.open = true;
    if (opened) of("printed").append(opened);
  });
  addEventListener("afterprint", () => {
    for (const group of unfolded) group.open = false;
    if (opened) of("opened").append(opened);
  });

  show();
})();
