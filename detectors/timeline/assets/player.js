// A player with lanes under it. Wherever a page holds `[data-player]`, its video or sound gets
// frame steps, slow motion, zoom and boxes, and the lanes named by `data-lanes` follow it.
// Nothing ever plays by itself.
import { stepped, words } from "./clock.js";
import { Boxes, Insets } from "./boxes.js";
import { Lanes } from "./lanes.js";

const OWN_KEYS = { "frame-back": ",", "frame-on": "." };
const ownKeys = () => "ownKeys" in document.body.dataset;
const SPEEDS = [1, 0.5, 0.25];
const ZOOMS = [1, 2, 4];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const say = (text) => {
  const place = document.getElementById("announce");
  if (place) place.textContent = text;
};

const make = (tag, className, text = "") => {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
};

const key = (letter) => {
  const shown = document.createElement("kbd");
  shown.setAttribute("aria-hidden", "true");
  shown.textContent = letter;
  return shown;
};

class Player {
  constructor(root) {
    this.root = root;
    this.media = root.querySelector("video, audio");
    this.frame = root.querySelector("[data-frame]");
    this.moving = this.media.tagName === "VIDEO";
    this.times = [];
    this.usual = 0.04;
    this.zoom = 1;
    this.middle = [0.5, 0.5];
    this.#bar();
    for (const name of ["timeupdate", "seeked", "loadeddata", "play"]) {
      this.media.addEventListener(name, () => this.#moved(name === "seeked"));
    }
    this.#watch();
    this.#load();
  }

  // What the server knows of this copy: the times of its frames, and where faces are.
  async #load() {
    const inside = this.root.dataset.about && document.getElementById(this.root.dataset.about);
    let about = inside ? JSON.parse(inside.textContent) : null;
    if (!about && this.root.dataset.address) {
      try {
        const answer = await fetch(this.root.dataset.address, { credentials: "same-origin" });
        about = answer.ok ? await answer.json() : null;
      } catch {
        about = null;
      }
    }
    if (!about) return;
    this.times = (about.frames?.times_ms || []).map((ms) => ms / 1000);
    if (this.times.length > 1) {
      this.usual = (this.times[this.times.length - 1] - this.times[0]) / (this.times.length - 1);
    }
    if (this.moving && about.faces?.tracks.length) this.#faces(about.faces);
    this.#moved();
  }

  #bar() {
    this.bar = make("div", "player-bar");
    this.bar.setAttribute("role", "group");
    this.bar.setAttribute("aria-label", this.moving ? "Look closely" : "Listen closely");
    this.now = make("output", "player-now num", words(0));
    this.now.setAttribute("aria-live", "off");
    this.#play();
    if (this.moving) {
      this.#step(-1, "frame-back", "Back", "One frame back");
      this.#step(1, "frame-on", "On", "One frame on");
    }
    this.#choice("Speed", SPEEDS, (speed) => `${speed}×`, (speed) => {
      this.media.playbackRate = speed;
      say(speed === 1 ? "Plays at its own speed." : `Plays at ${speed} of its speed.`);
    });
    if (this.moving) {
      this.#choice("Zoom", ZOOMS, (zoom) => `${zoom}×`, (zoom) => this.#zoomTo(zoom));
      this.#pan();
    }
    this.bar.append(this.now);
    this.root.append(this.bar);
  }

  #play() {
    const button = make("button", "player-button", "Play");
    button.type = "button";
    button.addEventListener("click", () => {
      if (this.media.paused) this.media.play().catch(() => say("It cannot be played here."));
      else this.media.pause();
    });
    const told = () => {
      button.textContent = this.media.paused ? "Play" : "Pause";
    };
    for (const name of ["play", "pause", "ended"]) this.media.addEventListener(name, told);
    this.bar.append(button);
  }

  #step(step, act, text, name) {
    const button = make("button", "player-button");
    button.type = "button";
    button.setAttribute("aria-label", name);
    button.dataset.act = act;
    if (ownKeys()) {
      button.append(key(OWN_KEYS[act]));
      button.setAttribute("aria-keyshortcuts", OWN_KEYS[act]);
    }
    button.append(` ${text}`);
    button.addEventListener("click", () => this.step(step));
    this.bar.append(button);
  }

  #choice(label, values, shown, act) {
    const group = make("span", "player-choice");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", label);
    group.append(make("span", "player-label", label));
    for (const value of values) {
      const button = make("button", "player-button", shown(value));
      button.type = "button";
      button.setAttribute("aria-pressed", String(value === 1));
      button.addEventListener("click", () => {
        for (const other of group.querySelectorAll("button")) {
          other.setAttribute("aria-pressed", String(other === button));
        }
        act(value);
      });
      group.append(button);
    }
    this.bar.append(group);
  }

  #toggle(text, act) {
    const button = make("button", "player-button", text);
    button.type = "button";
    button.setAttribute("aria-pressed", "false");
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      act(on);
      this.#moved();
    });
    this.bar.insertBefore(button, this.now);
  }

  #faces(faces) {
    const place = make("div", "player-insets");
    place.hidden = true;
    this.root.append(place);
    this.boxes = new Boxes(this.frame, faces);
    this.insets = new Insets(place, this.media, faces);
    this.#toggle("Face boxes", (on) => this.boxes.show(on));
    if (faces.tracks.some((track) => track.mouth.length)) {
      this.#toggle("Eyes and mouth", (on) => this.insets.show(on));
    }
  }

  // Zoom around a point of the picture, given in shares of its width and height.
  #zoomTo(zoom) {
    this.zoom = zoom;
    const held = (share) => Math.min(1 - 0.5 / zoom, Math.max(0.5 / zoom, share));
    this.middle = zoom === 1 ? [0.5, 0.5] : this.middle.map(held);
    const shift = this.middle.map((share) => `${100 * (0.5 - share)}%`);
    this.frame.style.transform = zoom === 1 ? "" : `scale(${zoom}) translate(${shift.join(", ")})`;
    this.root.classList.toggle("is-zoomed", zoom > 1);
    this.media.controls = zoom === 1;
    const shield = this.frame.parentElement;
    if (zoom === 1) shield.removeAttribute("tabindex");
    else shield.tabIndex = 0;
  }

  #pan() {
    let from = null;
    const shield = this.frame.parentElement;
    shield.addEventListener("pointerdown", (event) => {
      if (this.zoom === 1) return;
      from = [event.clientX, event.clientY, ...this.middle];
      shield.setPointerCapture(event.pointerId);
    });
    shield.addEventListener("pointermove", (event) => {
      if (!from) return;
      const box = shield.getBoundingClientRect();
      this.middle = [
        from[2] - (event.clientX - from[0]) / box.width / this.zoom,
        from[3] - (event.clientY - from[1]) / box.height / this.zoom,
      ];
      this.#zoomTo(this.zoom);
    });
    shield.addEventListener("keydown", (event) => {
      const turn = ARROWS[event.key];
      if (this.zoom === 1 || !turn || event.target !== shield) return;
      event.preventDefault();
      this.middle = this.middle.map((share, axis) => share + (0.15 * turn[axis]) / this.zoom);
      this.#zoomTo(this.zoom);
    });
    for (const name of ["pointerup", "pointercancel"]) {
      shield.addEventListener(name, () => {
        from = null;
      });
    }
  }

  // Frames come faster than "timeupdate" tells: boxes follow each of them where that is possible.
  #watch() {
    if (!this.moving || !this.media.requestVideoFrameCallback) return;
    const next = () => {
      if (!this.media.isConnected) return;
      this.#moved();
      this.media.requestVideoFrameCallback(next);
    };
    this.media.requestVideoFrameCallback(next);
  }

  #moved(jumped = false) {
    const now = this.media.currentTime;
    this.now.textContent = words(now);
    this.boxes?.draw(now);
    this.insets?.draw(now);
    this.lanes?.follow(now, jumped);
  }

  seek(seconds) {
    this.media.pause();
    const end = Number.isFinite(this.media.duration) ? this.media.duration : seconds;
    if (seconds > end + 0.05) say(`The copy ends at ${words(end)}; that moment lies behind it.`);
    else say(`At ${words(seconds)}.`);
    this.media.currentTime = Math.min(seconds + 0.001, end);
  }

  step(step) {
    this.media.pause();
    this.media.currentTime = stepped(this.times, this.media.currentTime, step, this.usual);
  }
}

const players = new WeakMap();

const playerOf = (root) => {
  if (!players.has(root)) players.set(root, new Player(root));
  return players.get(root);
};

const wire = () => {
  for (const root of document.querySelectorAll("[data-player]")) playerOf(root);
  for (const root of document.querySelectorAll("[data-timeline]")) {
    const place = root.closest("[data-of]");
    const find = () =>
      [...document.querySelectorAll("[data-player]")].find(
        (each) => !place || each.dataset.player === place.dataset.of,
      );
    const here = find();
    if (!root.lanes) {
      const seek = (seconds) => {
        const target = find();
        if (target) playerOf(target).seek(seconds);
        else say("Reveal the clip first; then a click goes there.");
      };
      root.lanes = new Lanes(root, { seek, say });
    }
    if (here) playerOf(here).lanes = root.lanes;
  }
};

// A page of its own has keys of its own; within a console the console's keys press the buttons.
document.addEventListener("keydown", (event) => {
  if (!ownKeys() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("textarea, input, select")) return;
  const step = { [OWN_KEYS["frame-back"]]: -1, [OWN_KEYS["frame-on"]]: 1 }[event.key];
  const root = step && document.querySelector("[data-player]");
  if (root) playerOf(root).step(step);
});
document.addEventListener("htmx:afterSettle", wire);
document.addEventListener("htmx:oobAfterSwap", wire);
wire();
