// Boxes over the picture and enlarged eyes and mouths beside it, drawn only when asked for.
import { lastBefore } from "./clock.js";

const NEAR = 0.6;
const SVG = "http://www.w3.org/2000/svg";
const PARTS = [["eyes", "Eyes"], ["mouth", "Mouth"]];
const INSET = { eyes: [240, 96], mouth: [144, 96] };

// Between two known boxes of one face the box is in between; near an end, the end counts.
const between = (track, part, now) => {
  const { times } = track;
  if (!track[part].length || now < times[0] - NEAR || now > times[times.length - 1] + NEAR) return null;
  const at = Math.max(0, lastBefore(times, now));
  const next = Math.min(at + 1, times.length - 1);
  if (times[next] - times[at] > 2 * NEAR) return now - times[at] < NEAR ? track[part][at] : null;
  const share = next === at ? 0 : Math.min(1, Math.max(0, (now - times[at]) / (times[next] - times[at])));
  return track[part][at].map((value, place) => value + share * (track[part][next][place] - value));
};

export const facesAt = (faces, now) =>
  faces.tracks
    .map((track) => ({
      person: track.person,
      box: between(track, "boxes", now),
      eyes: between(track, "eyes", now),
      mouth: between(track, "mouth", now),
    }))
    .filter((face) => face.box);

const rect = ([x, y, width, height], kind) => {
  const shape = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ x, y, width, height })) {
    shape.setAttribute(name, value.toFixed(1));
  }
  shape.setAttribute("class", `box box-${kind}`);
  return shape;
};

const name = (face, size) => {
  const text = document.createElementNS(SVG, "text");
  text.setAttribute("x", face.box[0].toFixed(1));
  text.setAttribute("y", Math.max(size, face.box[1] - size / 3).toFixed(1));
  text.setAttribute("font-size", size.toFixed(1));
  text.setAttribute("class", "box-name");
  text.textContent = `Person ${face.person + 1}`;
  return text;
};

export class Boxes {
  constructor(frame, faces) {
    this.faces = faces;
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("viewBox", `0 0 ${faces.width} ${faces.height}`);
    this.svg.setAttribute("class", "player-boxes");
    this.svg.setAttribute("aria-hidden", "true");
    frame.append(this.svg);
    this.shown = false;
  }

  show(on) {
    this.shown = on;
    if (!on) this.svg.replaceChildren();
  }

  draw(now) {
    if (!this.shown) return;
    const size = Math.max(this.faces.width, this.faces.height) / 36;
    this.svg.replaceChildren(
      ...facesAt(this.faces, now).flatMap((face) => [
        rect(face.box, "face"),
        ...PARTS.filter(([part]) => face[part]).map(([part]) => rect(face[part], part)),
        name(face, size),
      ]),
    );
  }
}

export class Insets {
  constructor(place, video, faces) {
    this.faces = faces;
    this.video = video;
    this.place = place;
    this.shown = false;
    this.canvases = new Map();
  }

  show(on) {
    this.shown = on;
    this.place.hidden = !on;
    if (!on) {
      this.place.replaceChildren();
      this.canvases.clear();
    }
  }

  draw(now) {
    if (!this.shown || this.video.readyState < 2) return;
    const seen = facesAt(this.faces, now);
    for (const face of seen) {
      for (const [part, label] of PARTS) if (face[part]) this.#one(face, part, label);
    }
    for (const [key, figure] of this.canvases) {
      figure.hidden = !seen.some((face) => key.startsWith(`${face.person}.`));
    }
  }

  #one(face, part, label) {
    const key = `${face.person}.${part}`;
    if (!this.canvases.has(key)) this.canvases.set(key, this.#figure(face, part, label));
    const canvas = this.canvases.get(key).querySelector("canvas");
    const scale = this.video.videoWidth / this.faces.width;
    const [x, y, width, height] = face[part].map((value) => value * scale);
    const wide = Math.max(width, (height * canvas.width) / canvas.height);
    const high = (wide * canvas.height) / canvas.width;
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(
      this.video, x + (width - wide) / 2, y + (height - high) / 2, wide, high,
      0, 0, canvas.width, canvas.height,
    );
  }

  #figure(face, part, label) {
    const figure = document.createElement("div");
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = INSET[part].map((size) => 2 * size);
    const words = this.faces.tracks.some((track) => track.person !== face.person)
      ? `${label}, person ${face.person + 1}` : label;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `${words}, enlarged`);
    const caption = document.createElement("span");
    caption.className = "player-label";
    caption.setAttribute("aria-hidden", "true");
    caption.textContent = words;
    figure.append(canvas, caption);
    this.place.append(figure);
    return figure;
  }
}
