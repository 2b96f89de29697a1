// The partner's side of the messages: sizes the iframe and leaves when asked to.
"use strict";
window.addEventListener("message", (event) => {
  const frame = document.getElementById("apply");
  if (event.source !== frame.contentWindow || event.origin !== window.location.origin) return;
  const { topic, action, label, value } = event.data || {};
  if (topic !== "jepostule") return;
  if (action === "resize" && label === "height") frame.style.height = `${Number(value)}px`;
  if (action === "navigate") frame.scrollIntoView({ block: "start" });
  if (action === "quit" && /^https?:/.test(String(label))) window.location.assign(label);
});
