// The lanes under a player: click to go there, a line that shows where one is, a wider view.
import { words } from "./clock.js";

const WIDTHS = [1, 2, 4, 8, 16];

export class Lanes {
  constructor(root, { seek, say }) {
    this.root = root;
    this.seconds = Number(root.dataset.seconds);
    this.seek = seek;
    this.say = say;
    this.head = root.querySelector("[data-head]");
    this.wide = root.querySelector("[data-wide]");
    this.scroll = root.querySelector(".tl-scroll");
    this.width = 0;
    this.#clicks();
    this.#table();
    this.#tools();
  }

  #clicks() {
    this.wide.classList.add("tl-live");
    this.wide.addEventListener("click", (event) => {
      const mark = event.target.closest("[data-seek]");
      const track = event.target.closest("[data-track]");
      if (mark) this.seek(Number(mark.dataset.seek));
      else if (track) this.seek(this.seconds * this.#share(event.clientX, track));
    });
  }

  #share(x, track) {
    const box = track.getBoundingClientRect();
    return Math.min(1, Math.max(0, (x - box.left) / Math.max(1, box.width)));
  }

  // The moments of the table become buttons, so that the keyboard reaches every one of them.
  #table() {
    for (const cell of this.root.querySelectorAll("[data-moment]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "tl-go";
      button.textContent = cell.textContent;
      button.addEventListener("click", () => this.seek(Number(cell.dataset.moment)));
      cell.replaceChildren(button);
    }
  }

  #tools() {
    const bar = document.createElement("p");
    bar.className = "tl-tools";
    this.out = this.#button("−", "Show more time at once", () => this.#zoom(-1));
    this.into = this.#button("+", "Show less time, in more detail", () => this.#zoom(1));
    const label = document.createElement("span");
    label.textContent = "Click a lane to go there.";
    bar.append(label, this.out, this.into);
    this.scroll.before(bar);
    this.#zoom(0);
  }

  #button(text, name, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "tl-button";
    button.textContent = text;
    button.setAttribute("aria-label", name);
    button.addEventListener("click", act);
    return button;
  }

  #zoom(step) {
    this.width = Math.min(WIDTHS.length - 1, Math.max(0, this.width + step));
    this.wide.style.width = `${100 * WIDTHS[this.width]}%`;
    this.out.disabled = this.width === 0;
    this.into.disabled = this.width === WIDTHS.length - 1;
    if (step) this.say(`The lanes show ${words(this.seconds / WIDTHS[this.width])} at once.`);
    if (this.now !== undefined) this.follow(this.now, true);
  }

  // Move the line; keep it in view while the lanes are wider than their place.
  follow(now, jumped = false) {
    this.now = now;
    const share = Math.min(1, Math.max(0, now / this.seconds));
    this.head.hidden = false;
    this.head.style.left = `${100 * share}%`;
    if (this.width === 0) return;
    const x = share * this.wide.offsetWidth;
    const { scrollLeft, clientWidth } = this.scroll;
    if (jumped || x < scrollLeft || x > scrollLeft + clientWidth) {
      this.scroll.scrollLeft = x - clientWidth / 2;
    }
  }
}
