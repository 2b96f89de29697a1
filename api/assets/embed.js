// Makes the form comfortable: steps, drag and drop, progress. Without it the form works as one page.
"use strict";
(() => {
  const form = document.getElementById("application");
  const root = form || document.getElementById("done");
  if (!root) return;
  const origins = root.dataset.origins.split(" ").filter(Boolean);
  if (origins.length === 0) origins.push("*");

  // Messages to the page that holds the form; they carry no personal data.
  const tell = (action, label, value) => {
    if (window.parent === window) return;
    for (const origin of origins) {
      window.parent.postMessage({ topic: "jepostule", action, label, value }, origin);
    }
  };
  let height = 0;
  const resize = () => {
    const now = Math.ceil(document.body.getBoundingClientRect().height) + 1;
    if (now !== height) tell("resize", "height", (height = now));
  };
  new ResizeObserver(resize).observe(document.body);
  resize();

  const quit = document.getElementById("quit");
  if (quit) {
    quit.addEventListener("click", () => tell("quit", quit.href));
  }
  if (!form) {
    tell("navigate", "#done");
    const title = document.querySelector("h1");
    title.tabIndex = -1;
    title.focus();
    return;
  }

  const field = (name) => form.elements.namedItem(name);
  const live = document.getElementById("live");
  const steps = [...form.querySelectorAll(".step")];
  const say = (text) => { live.textContent = text; };

  // Phone and address are remembered in this browser.
  for (const name of ["candidate_phone", "candidate_address"]) {
    const input = field(name);
    try {
      if (!input.value) input.value = localStorage.getItem(`postulo-${name}`) || "";
      input.addEventListener("change", () => localStorage.setItem(`postulo-${name}`, input.value));
    } catch { /* storage is refused: nothing is remembered */ }
  }

  // The token is renewed every minute, so that a slow writer loses nothing.
  setInterval(async () => {
    const names = ["client_id", "token", "timestamp", "candidate_email", "candidate_peid", "employer_email"];
    const body = new URLSearchParams(names.map((name) => [name, field(name).value]));
    const answer = await fetch("/auth/application/token/refresh/", { method: "POST", body }).catch(() => null);
    if (!answer || !answer.ok) return;
    const { token, timestamp } = await answer.json();
    field("token").value = token;
    field("timestamp").value = timestamp;
  }, 60_000);

  // Errors, beside their fields and in a summary on top.
  const clear = () => {
    document.getElementById("summary")?.remove();
    for (const error of form.querySelectorAll(".error")) error.remove();
    for (const wrong of form.querySelectorAll(".wrong")) wrong.classList.remove("wrong");
    for (const input of form.querySelectorAll("[aria-invalid]")) {
      input.removeAttribute("aria-invalid");
      const described = (input.getAttribute("aria-describedby") || "").split(" ");
      input.setAttribute("aria-describedby", described.filter((id) => !id.endsWith("-error")).join(" "));
    }
  };
  const show = (errors) => {
    clear();
    const summary = document.createElement("div");
    summary.className = "summary";
    summary.id = "summary";
    summary.tabIndex = -1;
    summary.setAttribute("role", "alert");
    const title = summary.appendChild(document.createElement("h2"));
    title.textContent = form.dataset.problem;
    const list = summary.appendChild(document.createElement("ul"));
    for (const [name, text] of errors) {
      const input = document.getElementById(name);
      const link = list.appendChild(document.createElement("li")).appendChild(document.createElement("a"));
      link.href = `#${name}`;
      const label = form.querySelector(`label[for="${name}"]`)?.firstChild.textContent.trim();
      link.textContent = label ? `${label}${document.documentElement.lang === "fr" ? "\u00a0" : ""}: ${text}` : text;
      if (!input) continue;
      const message = document.createElement("p");
      message.className = "error";
      message.id = `${name}-error`;
      message.textContent = text;
      const holder = input.closest(".field");
      holder.classList.add("wrong");
      input.closest(".drop") ? holder.insertBefore(message, input.closest(".drop")) : holder.insertBefore(message, input);
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") || ""} ${name}-error`.trim());
    }
    form.before(summary);
    summary.focus();
  };
  const check = async () => {
    const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    const answer = await fetch("/embed/validate/", { method: "POST", body }).catch(() => null);
    if (!answer || !answer.ok) return [];
    const { errors } = await answer.json();
    const order = [...form.elements].map((input) => input.name);
    const found = Object.entries(errors).map(([name, texts]) => [name, texts[0]]);
    return found.sort(([one], [other]) => order.indexOf(one) - order.indexOf(other));
  };

  // Steps: one is shown, the others wait.
  let current = steps[0];
  const go = (id) => {
    current = document.getElementById(id);
    for (const step of steps) step.hidden = step !== current;
    if (id === "check") review();
    const title = current.querySelector("h1, h2");
    title.focus();
    say(`${form.dataset.step} ${steps.indexOf(current) + 1} ${form.dataset.of} ${steps.length}: ${title.textContent}`);
    tell("navigate", `#${id}`);
    resize();
  };
  for (const element of form.querySelectorAll("[data-nav]")) element.hidden = false;
  for (const button of form.querySelectorAll("[data-go]")) {
    button.addEventListener("click", async () => {
      if (current === steps[0]) {
        const errors = await check();
        if (errors.length > 0) return show(errors);
      }
      clear();
      go(button.dataset.go);
    });
  }

  // Files: added by choosing or dropping, removed one by one.
  const input = document.getElementById("attachments");
  const drop = document.getElementById("drop");
  const list = document.getElementById("files");
  let files = [];
  const size = (bytes) => new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit", unit: bytes < 1e6 ? "kilobyte" : "megabyte", maximumFractionDigits: bytes < 1e6 ? 0 : 1,
  }).format(bytes / (bytes < 1e6 ? 1e3 : 1e6));
  const keep = () => {
    const chosen = new DataTransfer();
    for (const file of files) chosen.items.add(file);
    input.files = chosen.files;
  };
  const draw = () => {
    list.replaceChildren(...files.map((file, place) => {
      const item = document.createElement("li");
      const name = item.appendChild(document.createElement("span"));
      name.textContent = `${file.name} (${size(file.size)})`;
      const remove = item.appendChild(document.createElement("button"));
      remove.type = "button";
      remove.className = "second";
      remove.textContent = form.dataset.remove;
      remove.setAttribute("aria-label", `${form.dataset.remove} ${file.name}`);
      remove.addEventListener("click", () => {
        files.splice(place, 1);
        keep();
        draw();
        tell("attachments", "remove");
        (list.querySelectorAll("button")[place] || input).focus();
      });
      return item;
    }));
    if (files.length === 0) say(form.dataset.none);
    resize();
  };
  const add = (more) => {
    for (const file of more) {
      if (!files.some((known) => known.name === file.name && known.size === file.size)) {
        files.push(file);
        tell("attachments", "add");
      }
    }
    keep();
    clear();
    draw();
    if (files.reduce((sum, file) => sum + file.size, 0) > 10 * 1024 * 1024) {
      show([["attachments", form.dataset.large]]);
    }
  };
  input.addEventListener("change", () => add([...input.files]));
  for (const name of ["dragenter", "dragover"]) {
    drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) {
    drop.addEventListener(name, () => drop.classList.remove("over"));
  }
  drop.addEventListener("drop", (event) => { event.preventDefault(); add([...event.dataTransfer.files]); });

  // What will be sent, to be read once more.
  const review = () => {
    const facts = document.getElementById("review-facts");
    const labels = facts.dataset.labels.split("|");
    const names = ["candidate_first_name", "candidate_last_name", "candidate_phone", "candidate_address", "message"];
    const values = names.map((name) => field(name).value);
    values.push(files.map((file) => file.name).join(", ") || form.dataset.none);
    facts.replaceChildren(...labels.flatMap((label, place) => {
      const term = document.createElement("dt");
      const value = document.createElement("dd");
      term.textContent = label;
      value.textContent = values[place];
      value.className = "prose";
      return [term, value];
    }));
    document.getElementById("review").hidden = false;
  };

  // Sending, with its progress; the answer's page takes the place of this one.
  const send = document.getElementById("send");
  const sending = document.getElementById("sending");
  const progress = document.getElementById("progress");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (send.disabled) return;
    if (current !== steps[2] && steps.some((step) => step.hidden)) {
      current.querySelector("[data-go]").click();
      return;
    }
    send.disabled = true;
    sending.hidden = false;
    say(form.dataset.sending);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress.value = Math.round((100 * event.loaded) / event.total);
    });
    request.addEventListener("load", () => {
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      document.title = page.title;
      document.body.replaceWith(page.body);
      window.scrollTo(0, 0);
      // The scripts of a page that takes another's place do not run by themselves.
      const script = document.createElement("script");
      script.src = document.querySelector("script[src]").src;
      document.head.append(script);
      document.getElementById("summary")?.focus();
    });
    request.addEventListener("error", () => {
      send.disabled = false;
      sending.hidden = true;
      show([["send", form.dataset.lost]]);
    });
    request.open("POST", form.action);
    request.send(new FormData(form));
  });

  const firstWrong = form.querySelector(".wrong");
  const start = firstWrong ? firstWrong.closest(".step") : steps[0];
  current = start;
  for (const step of steps) step.hidden = step !== start;
  if (document.getElementById("summary")) document.getElementById("summary").focus();
  resize();
})();
