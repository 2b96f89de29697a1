// Says of a new password, while it is typed, what the service will say of it. Without this script the form
// says so when it is sent.
"use strict";
(() => {
  for (const told of document.querySelectorAll("[data-strength-of]")) {
    const field = document.getElementById(told.dataset.strengthOf);
    const meter = told.querySelector("meter");
    const words = told.querySelector("[role=status]");
    let timer;
    let asking;
    const ask = async () => {
      asking?.abort();
      if (field.value === "") {
        told.hidden = true;
        return;
      }
      asking = new AbortController();
      const body = new URLSearchParams({ password: field.value });
      for (const name of ["email", "full_name"]) {
        const other = field.form.elements[name];
        if (other) body.set(name, other.value);
      }
      try {
        const answer = await fetch(told.dataset.check, { method: "POST", body, signal: asking.signal });
        if (!answer.ok) throw new Error(String(answer.status));
        const strength = await answer.json();
        meter.value = strength.score;
        words.textContent = strength.words;
        told.classList.toggle("taken", strength.taken);
        told.hidden = false;
      } catch (error) {
        // What is newer is asked for already; where nothing answers, nothing is said.
        if (error.name !== "AbortError") told.hidden = true;
      }
    };
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, 250);
    });
  }
  for (const choice of document.querySelectorAll("[data-shows]")) {
    const field = document.getElementById(choice.dataset.shows);
    const box = choice.querySelector("input");
    choice.hidden = false;
    const show = () => (field.type = box.checked ? "text" : "password");
    box.addEventListener("change", show);
    // Browsers offer to keep what was typed into a field of passwords.
    field.form.addEventListener("submit", () => (field.type = "password"));
    // A page that comes back from the history has the box as it was.
    window.addEventListener("pageshow", show);
  }
})();
