// Makes the form comfortable: steps, drag and drop, progress. Without it the form works as one page.
// Whatever is answered, what was typed and chosen stays until the application is taken.
"use strict";
(() => {
  const form = document.getElementById("application");
  const root = form || document.getElementById("done") || document.getElementById("refused");
  if (!root) return;
  const origins = root.dataset.origins.split(" ").filter(Boolean);
  if (origins.length === 0) origins.push("*");
  const framed = window.parent !== window;

  // Messages to the page that holds the form; they carry no personal data.
  const tell = (action, label, value) => {
    if (!framed) return;
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

  // In a frame the page around it leaves, once it is told; a new tab is the browser's matter.
  const quit = document.getElementById("quit");
  quit?.addEventListener("click", (event) => {
    if (!framed || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    tell("quit", quit.href);
  });

  // Copies what stands in a field. The Clipboard API is shut in the frames of other sites.
  const copy = (button, source, copied) => {
    button.addEventListener("click", () => {
      const away = source.closest("[hidden]");
      if (away) away.hidden = false;
      source.select();
      const done = document.execCommand("copy");
      if (away) away.hidden = true;
      if (done) button.textContent = copied;
      button.focus();
    });
  };
  if (!form) {
    tell("navigate", root.id === "done" ? "#fin" : root.dataset.label);
    for (const button of root.querySelectorAll("[data-copy]")) {
      button.hidden = false;
      copy(button, document.getElementById(button.dataset.copy), button.dataset.copied);
    }
    if (root.id === "done") {
      const title = document.querySelector("h1");
      title.tabIndex = -1;
      title.focus();
    }
    return;
  }

  const field = (name) => form.elements.namedItem(name);
  const live = document.getElementById("live");
  const steps = [...form.querySelectorAll(".step")];
  const labels = { details: "#infos", "attachments-step": "#documents", check: "#envoyer" };
  const say = (text) => { live.textContent = text; };

  // Phone and address are remembered only where the person asks for it: for 30 days, under a name
  // that is this candidate's alone, so that nobody else is shown them.
  const REMEMBERED = "postulo-remembered-";
  const DAYS_30 = 30 * 24 * 3600 * 1000;
  const own = REMEMBERED + form.dataset.holder;
  const remembered = ["candidate_phone", "candidate_address"];
  const remember = document.getElementById("remember");
  try {
    for (const key of Object.keys(localStorage)) {
      // Earlier versions kept them unasked, for whoever came next.
      const old = remembered.some((name) => key === `postulo-${name}`);
      let over = false;
      if (key.startsWith(REMEMBERED)) {
        try { over = !(JSON.parse(localStorage.getItem(key)).until > Date.now()); } catch { over = true; }
      }
      if (old || over) localStorage.removeItem(key);
    }
    const kept = JSON.parse(localStorage.getItem(own) || "null");
    const keep = () => {
      if (!remember.checked) return localStorage.removeItem(own);
      const values = Object.fromEntries(remembered.map((name) => [name, field(name).value]));
      localStorage.setItem(own, JSON.stringify({ until: Date.now() + DAYS_30, values }));
    };
    if (kept) {
      remember.checked = true;
      for (const name of remembered) {
        if (!field(name).value) field(name).value = kept.values[name] || "";
      }
    } else {
      remember.checked = false; // browsers tick it again after a reload
    }
    remember.addEventListener("change", keep);
    for (const name of remembered) {
      field(name).addEventListener("change", () => { if (remember.checked) keep(); });
    }
    document.getElementById("remember-field").hidden = false;
  } catch { /* storage is refused: nothing is remembered, and nothing is offered */ }

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
  const summarise = (title) => {
    clear();
    const summary = document.createElement("div");
    summary.className = "summary";
    summary.id = "summary";
    summary.tabIndex = -1;
    summary.setAttribute("role", "alert");
    summary.appendChild(document.createElement("h2")).textContent = title;
    form.before(summary);
    return summary;
  };
  const mark = (name, message) => {
    const input = document.getElementById(name);
    const holder = input?.closest(".field");
    if (!holder) return;
    message.className = "error";
    message.id = `${name}-error`;
    holder.classList.add("wrong");
    holder.insertBefore(message, input.closest(".drop") || input);
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") || ""} ${name}-error`.trim());
  };
  const show = (errors) => {
    const summary = summarise(form.dataset.problem);
    const list = summary.appendChild(document.createElement("ul"));
    for (const [name, text] of errors) {
      const item = list.appendChild(document.createElement("li"));
      const label = form.querySelector(`label[for="${name}"]`)?.firstChild.textContent.trim();
      const colon = document.documentElement.lang === "fr" ? "\u00a0:" : ":";
      const told = label ? `${label}${colon} ${text}` : text;
      if (!document.getElementById(name)) {
        item.textContent = told;
        continue;
      }
      const link = item.appendChild(document.createElement("a"));
      link.href = `#${name}`;
      link.textContent = told;
      const message = document.createElement("p");
      message.textContent = text;
      mark(name, message);
    }
    summary.focus();
    resize();
  };
  // One thing to say about the form as a whole; where it cannot be sent, the letter can be copied.
  const warn = (text, letter) => {
    const summary = summarise(form.dataset.problem);
    summary.appendChild(document.createElement("p")).textContent = text;
    if (letter && field("message").value) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "second";
      button.textContent = form.dataset.copy;
      copy(button, field("message"), form.dataset.copied);
      summary.append(button);
    }
    summary.focus();
    resize();
  };

  // The token is renewed every minute, and when a device wakes up. That it is not renewed any more is
  // said once; that the service does not answer, when the form is sent.
  let renewedAt = Date.now();
  let refusalSaid = false;
  const renew = async () => {
    renewedAt = Date.now();
    const names = ["client_id", "token", "timestamp", "candidate_email", "candidate_peid", "employer_email",
      "form_id", "form_ticket"];
    const body = new URLSearchParams(names.map((name) => [name, field(name).value]));
    const answer = await fetch("/auth/application/token/refresh/", { method: "POST", body }).catch(() => null);
    if (!answer || answer.status >= 500 || answer.status === 429 || !form.isConnected) return;
    const renewed = answer.ok ? await answer.json().catch(() => null) : null;
    if (renewed?.token) {
      field("token").value = renewed.token;
      field("timestamp").value = renewed.timestamp;
    } else if (!refusalSaid) {
      refusalSaid = true;
      warn(form.dataset.unrenewed, true);
      tell("navigate", "#erreur-authentification");
    }
  };
  const timer = setInterval(renew, 60_000);
  const woken = () => {
    if (form.isConnected && !document.hidden && Date.now() - renewedAt > 60_000) renew();
  };
  document.addEventListener("visibilitychange", woken);
  for (const event of ["pageshow", "online", "focus"]) window.addEventListener(event, woken);

  const check = async () => {
    const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
    const answer = await fetch("/embed/validate/", { method: "POST", body }).catch(() => null);
    const errors = answer?.ok ? (await answer.json().catch(() => null))?.errors : null;
    const order = [...form.elements].map((input) => input.name);
    const found = Object.entries(errors || {}).map(([name, texts]) => [name, texts[0]]);
    return found.sort(([one], [other]) => order.indexOf(one) - order.indexOf(other));
  };

  // Steps: one is shown, the others wait.
  let current = steps[0];
  const place = (id) => {
    current = document.getElementById(id);
    for (const step of steps) step.hidden = step !== current;
    if (id === "check") review();
    tell("navigate", labels[id]);
    resize();
  };
  const go = (id) => {
    place(id);
    const title = current.querySelector("h1, h2");
    title.focus();
    say(`${form.dataset.step} ${steps.indexOf(current) + 1} ${form.dataset.of} ${steps.length}: ${title.textContent}`);
  };
  for (const element of form.querySelectorAll("[data-nav]")) element.hidden = false;
  for (const button of form.querySelectorAll("[data-go]")) {
    button.addEventListener("click", async () => {
      if (current === steps[0]) {
        const errors = await check();
        if (current !== steps[0]) return; // a second click
        const whole = errors.find(([name]) => name === "__all__");
        if (whole) return warn(`${whole[1]} ${form.dataset.expired}`, true);
        if (errors.length > 0) return show(errors);
      }
      if (current === steps[1] && tooLarge() && button.dataset.go === "check") {
        return show([["attachments", form.dataset.large]]);
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
  const tooLarge = () => files.reduce((sum, file) => sum + file.size, 0) > 10 * 1024 * 1024;
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
        clear();
        draw();
        tell("attachments", "remove");
        if (tooLarge()) show([["attachments", form.dataset.large]]);
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
    if (tooLarge()) show([["attachments", form.dataset.large]]);
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

  // The form that the service gives back says what is wrong; what was typed and chosen is here.
  const takeOver = (page, answered) => {
    clear();
    for (const name of ["form_id", "form_ticket", "token", "timestamp"]) {
      const value = answered.elements.namedItem(name)?.value;
      if (value) field(name).value = value;
    }
    const refused = answered.dataset.refused.split(" ").filter(Boolean).map(Number);
    if (refused.length > 0) {
      files = files.filter((_, place) => !refused.includes(place));
      keep();
      draw();
    }
    for (const error of answered.querySelectorAll(".error")) {
      mark(error.id.replace(/-error$/, ""), document.importNode(error, true));
    }
    const wrong = form.querySelector(".wrong");
    if (wrong && wrong.closest(".step") !== current) place(wrong.closest(".step").id);
    const summary = page.getElementById("summary");
    if (!summary) return warn(form.dataset.busy, false);
    form.before(document.importNode(summary, true));
    document.getElementById("summary").focus();
    resize();
  };

  // Sending, with its progress. The form gives way to one page alone: that it was sent.
  const send = document.getElementById("send");
  const sending = document.getElementById("sending");
  const progress = document.getElementById("progress");
  const answered = (request) => {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const again = page.getElementById("application");
    if (request.status === 200 && page.getElementById("done")) {
      clearInterval(timer);
      document.title = page.title;
      document.body.replaceWith(page.body);
      window.scrollTo(0, 0);
      // The scripts of a page that takes another's place do not run by themselves.
      const script = document.createElement("script");
      script.src = document.querySelector("script[src]").src;
      document.head.append(script);
      return;
    }
    if (again) return takeOver(page, again);
    if (request.status === 413) {
      place("attachments-step");
      return show([["attachments", form.dataset.large]]);
    }
    const refused = page.getElementById("refused");
    if (refused && request.status !== 503) {
      const reasons = [...refused.querySelectorAll(".lead, li")].map((reason) => reason.textContent.trim());
      warn(`${reasons.join(" ")} ${form.dataset.expired}`, true);
    } else if (request.status === 403) {
      warn(form.dataset.expired, true);
    } else {
      warn(form.dataset.busy, false);
    }
    tell("navigate", request.status === 403 ? "#erreur-authentification" : "#erreur");
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (send.disabled) return;
    if (current !== steps[2] && steps.some((step) => step.hidden)) {
      current.querySelector("[data-go]").click();
      return;
    }
    if (tooLarge()) {
      place("attachments-step");
      return show([["attachments", form.dataset.large]]);
    }
    send.disabled = true;
    sending.hidden = false;
    progress.value = 0;
    say(form.dataset.sending);
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress.value = Math.round((100 * event.loaded) / event.total);
    });
    request.addEventListener("load", () => answered(request));
    for (const name of ["error", "abort", "timeout"]) {
      request.addEventListener(name, () => warn(form.dataset.lost, false));
    }
    request.addEventListener("loadend", () => {
      send.disabled = false;
      sending.hidden = true;
      resize();
    });
    request.open("POST", form.action);
    request.send(new FormData(form));
  });

  tell("navigate", "#bienvenue");
  const firstWrong = form.querySelector(".wrong");
  place((firstWrong ? firstWrong.closest(".step") : steps[0]).id);
  document.getElementById("summary")?.focus();
})();
