// Says how many offers match while the criteria of an alert are typed, and takes the time zone of the browser for a new
// one. Without this script a button shows what matches.
"use strict";
(() => {
  const form = document.querySelector("form[data-count]");
  if (!form) return;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if ("new" in form.dataset && zone && form.elements.zone.value === form.elements.zone.defaultValue) {
    form.elements.zone.value = zone;
  }
  const told = form.querySelector("[data-counted]");
  let timer;
  let asking;
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const body = new URLSearchParams(new FormData(form));
    try {
      const answer = await fetch(form.dataset.count, { method: "POST", body, signal: asking.signal });
      told.textContent = answer.ok ? await answer.text() : "";
    } catch (error) {
      if (error.name !== "AbortError") told.textContent = "";
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 400);
  });
})();
