// Moves the cards of a board by drag and by keyboard. Each card has a form with a list of columns, which does
// the same without this script; a move sends that form.
"use strict";
(() => {
  const board = document.querySelector(".board");
  if (!board) return;
  const told = document.getElementById("board-told");
  const how = document.getElementById("board-how");
  const columns = [...board.querySelectorAll(".board-column")];
  const say = (template, card, column) => {
    told.textContent = template
      .replace("{job}", card.querySelector(".job").textContent)
      .replace("{column}", column ? column.dataset.name : "");
  };
  const columnOf = (card) => card.closest(".board-column");
  const mark = (column) => {
    for (const one of columns) one.classList.toggle("over", one === column);
  };
  // The page that comes after a move by keyboard goes on where the card is.
  const MOVED = "postulo-board-moved";
  const remember = (id) => {
    try {
      sessionStorage.setItem(MOVED, id);
    } catch {
      // A browser that keeps nothing begins at the top.
    }
  };
  const remembered = () => {
    try {
      const id = sessionStorage.getItem(MOVED);
      sessionStorage.removeItem(MOVED);
      return id;
    } catch {
      return null;
    }
  };
  const move = (card, column) => {
    mark(null);
    if (!column || column === columnOf(card)) return;
    const form = card.querySelector("form.move");
    form.elements.status.value = column.dataset.status;
    say(board.dataset.dropped, card, column);
    column.querySelector("ul").prepend(card);
    form.requestSubmit();
  };

  let dragged = null;
  let picked = null;
  let target = null;
  const release = () => {
    picked?.classList.remove("picked");
    picked?.querySelector(".grip")?.setAttribute("aria-pressed", "false");
    picked = null;
    target = null;
    mark(null);
  };

  how.hidden = false;
  for (const card of board.querySelectorAll(".board-card:not(.fixed)")) {
    card.draggable = true;
    card.classList.add("movable");
    card.addEventListener("dragstart", (event) => {
      dragged = card;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", card.id);
      card.classList.add("picked");
    });
    card.addEventListener("dragend", () => {
      card.classList.remove("picked");
      dragged = null;
      mark(null);
    });
    const grip = document.createElement("button");
    grip.type = "button";
    grip.className = "grip";
    grip.textContent = "⠿";
    grip.setAttribute("aria-pressed", "false");
    grip.setAttribute("aria-describedby", "board-how");
    grip.setAttribute("aria-label", card.querySelector("label").textContent);
    card.querySelector(".job").before(grip);
    grip.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
      if (picked === card && step) {
        event.preventDefault();
        const at = columns.indexOf(target) + step;
        target = columns[Math.max(0, Math.min(columns.length - 1, at))];
        mark(target);
        target.scrollIntoView({ block: "nearest", inline: "nearest" });
        say(board.dataset.over, card, target);
      } else if (picked === card && event.key === "Escape") {
        event.preventDefault();
        say(board.dataset.putBack, card, columnOf(card));
        release();
      }
    });
    grip.addEventListener("click", () => {
      if (picked === card) {
        const column = target;
        release();
        if (column === columnOf(card)) {
          say(board.dataset.putBack, card, column);
        } else {
          remember(card.id);
          move(card, column);
        }
        return;
      }
      release();
      picked = card;
      target = columnOf(card);
      card.classList.add("picked");
      grip.setAttribute("aria-pressed", "true");
      mark(target);
      say(board.dataset.picked, card, target);
    });
    grip.addEventListener("blur", () => {
      if (picked === card) release();
    });
  }
  document.getElementById(remembered())?.querySelector(".grip")?.focus();
  for (const column of columns) {
    column.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
      mark(column);
    });
    column.addEventListener("drop", (event) => {
      if (!dragged) return;
      event.preventDefault();
      move(dragged, column);
    });
  }
})();
