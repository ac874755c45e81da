"use strict";
// The page's own script. Text from the case goes in through textContent only.
(function () {
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  const data = JSON.parse($("data").textContent);
  const marks = data.sightings;
  const nTimes = data.times.length;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const canvas = $("globe"), pen = canvas.getContext("2d");
  const backdrop = document.createElement("canvas"), back = backdrop.getContext("2d");
  const DEG = 180 / Math.PI, EARTH_M = 6371008.8, MIN_ZOOM = 0.7, MAX_ZOOM = 60;
  const PIXELS_OFF = 0.3; // a straight line for a great circle may miss it by so much

  // Tracks: base64 -> zlib -> differences modulo 2^16 -> steps of degrees, longitude first.
  async function decode(text, nTracks) {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const view = new DataView(await new Response(stream).arrayBuffer());
    const steps = new Int16Array(nTracks * nTimes * 2);
    for (let i = 0; i < steps.length; i++) {
      const first = Math.floor(i / 2) % nTimes === 0;
      const before = first ? 0 : steps[i - 2];
      steps[i] = ((before + view.getInt16(2 * i, true)) << 16) >> 16;
    }
    return steps;
  }

  function position(steps, track, time) {
    const i = 2 * (track * nTimes + time);
    if (steps[i] === data.gap) return null;
    return [steps[i] / data.lon_steps_per_deg, steps[i + 1] / data.lat_steps_per_deg];
  }

  const unit = ([lon, lat]) => {
    const c = Math.cos(lat / DEG);
    return [c * Math.cos(lon / DEG), c * Math.sin(lon / DEG), Math.sin(lat / DEG)];
  };

  // State of the view; everything drawn follows from it.
  let world, tracks, scene = {};
  const view = { flat: false, lon: -170, lat: 45, zoom: 1, time: nTimes - 1, chosen: -1, turned: false };
  let width = 0, height = 0, colours = {}, waiting = false, timer = 0;

  const size = () => Math.min(width, height);
  const middleX = () => width / 2 - (width > 600 ? 24 : 0); // the buttons stand on the right
  function projection(zoom = view.zoom) {
    const made = view.flat
      ? G.geoNaturalEarth1().rotate([-view.lon, 0]).center([0, view.lat]).scale((width / 5.5) * zoom)
      : G.geoOrthographic().rotate([-view.lon, -view.lat]).scale(0.47 * size() * zoom);
    return made.translate([middleX(), height / 2]).precision(0.6);
  }
  const visible = (point) =>
    view.flat || G.geoDistance([view.lon, view.lat], point) < Math.PI / 2 - 0.01;

  function line(steps, track, from, to) {
    const parts = [];
    let part = [];
    for (let k = from; k <= to; k++) {
      const point = position(steps, track, k);
      if (point) part.push(point);
      if (!point || k === to) {
        if (part.length > 1) parts.push(part);
        part = [];
      }
    }
    return { type: "MultiLineString", coordinates: parts };
  }

  function fit() {
    // Turn to the middle of what matters, then zoom until it fills the view.
    const points = marks.filter((m) => m.used).map((m) => [m.lon, m.lat]);
    for (let k = 0; k < nTimes; k += 2) {
      const point = position(tracks, data.tracks, k);
      if (point) points.push(point);
    }
    view.zoom = 1;
    if (points.length) {
      const sum = points.map(unit).reduce((a, b) => a.map((x, i) => x + b[i]), [0, 0, 0]);
      view.lon = Math.atan2(sum[1], sum[0]) * DEG;
      view.lat = clampLat(Math.atan2(sum[2], Math.hypot(sum[0], sum[1])) * DEG);
      for (let turn = 0; turn < 3; turn++) {
        const shown = points.filter(visible).map(projection(1));
        const xs = shown.map((p) => p[0]), ys = shown.map((p) => p[1]);
        const centre = [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
        const place = projection(1).invert(centre);
        if (place && isFinite(place[0])) [view.lon, view.lat] = [place[0], clampLat(place[1])];
      }
      const project = projection(1);
      let reach = 1e-3;
      for (const point of points.filter(visible)) {
        const [x, y] = project(point);
        reach = Math.max(reach, Math.abs(x - middleX()) / (0.4 * width), Math.abs(y - height / 2) / (0.4 * height));
      }
      view.zoom = Math.min(8, Math.max(view.flat ? 0.9 : 1, 1 / reach));
    }
    view.turned = false;
  }
  const clampLat = (lat) => Math.max(-89, Math.min(89, lat));

  function readColours() {
    const style = getComputedStyle(root);
    for (const name of ["page", "ink", "muted", "sea", "land", "border", "grid", "track", "middle",
                        "casing", "accent", "card"]) {
      colours[name] = style.getPropertyValue("--" + name).trim();
    }
    colours.font = style.getPropertyValue("--text");
  }

  function measure() {
    const ratio = window.devicePixelRatio || 1;
    width = canvas.clientWidth;
    height = canvas.clientHeight;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    [backdrop.width, backdrop.height] = [canvas.width, canvas.height];
    for (const each of [pen, back]) each.setTransform(ratio, 0, 0, ratio, 0, 0);
    scene = {};
  }

  function stroke(on, shape, colour, thickness, alpha = 1, dash = []) {
    on.globalAlpha = alpha;
    on.strokeStyle = colour;
    on.lineWidth = thickness;
    on.setLineDash(dash);
    on.stroke(shape);
    on.setLineDash([]);
    on.globalAlpha = 1;
  }

  // What depends on the view alone is made once for each view: a step of time, or a choice, draws
  // the lines over the same backdrop.
  function lookAt() {
    const key = [view.flat, view.lon, view.lat, view.zoom].join(" ");
    if (scene.key === key) return;
    const project = projection();
    scene = { key, project, path: (shape) => {
      const made = new Path2D();
      G.geoPath(project, made)(shape);
      return made;
    } };
    scene.circles = marks.map((_, i) => scene.path(world.circles[i]));
    place();
    drawWorld();
  }

  function draw() {
    waiting = false;
    if (!width) return;
    lookAt();
    pen.clearRect(0, 0, width, height);
    pen.drawImage(backdrop, 0, 0, width, height);
    pen.lineJoin = pen.lineCap = "round";
    drawTracks();
    drawHere();
    drawSightings();
  }
  function redraw() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(draw);
  }

  function drawWorld() {
    const sphere = scene.path({ type: "Sphere" }), land = scene.path(world.land);
    back.clearRect(0, 0, width, height);
    back.lineJoin = back.lineCap = "round";
    back.fillStyle = colours.sea;
    back.fill(sphere);
    stroke(back, scene.path(world.grid), colours.grid, 0.6);
    back.fillStyle = colours.land;
    back.fill(land);
    stroke(back, scene.path(world.coast), colours.border, 0.7);
    stroke(back, scene.path(world.borders), colours.border, 0.6, 0.75);
    stroke(back, sphere, colours.border, 0.8);
  }

  // Tracks on the unit sphere, (x, y, z) after each other; no number in gaps.
  function onSphere(steps) {
    const made = new Float64Array((steps.length / 2) * 3);
    for (let i = 0; i < steps.length / 2; i++) {
      made.set(steps[2 * i] === data.gap ? [NaN, NaN, NaN] : unit(position(steps, 0, i)), 3 * i);
    }
    return made;
  }

  // The same seen from the view, (east, north, towards the reader), and where that is on the screen.
  function place() {
    const n = world.points.length / 3, seen = new Float64Array(3 * n), at = new Float64Array(2 * n);
    const lon = view.lon / DEG, lat = view.flat ? 0 : view.lat / DEG;
    const cl = Math.cos(lon), sl = Math.sin(lon), cp = Math.cos(lat), sp = Math.sin(lat);
    Object.assign(scene, { seen, at, spot: spotter(scene.project) });
    for (let i = 0; i < n; i++) {
      const x = world.points[3 * i], y = world.points[3 * i + 1], z = world.points[3 * i + 2];
      const level = cl * x + sl * y;
      seen[3 * i] = cl * y - sl * x;
      seen[3 * i + 1] = cp * z - sp * level;
      seen[3 * i + 2] = cp * level + sp * z;
      const [px, py] = scene.spot(seen[3 * i], seen[3 * i + 1], seen[3 * i + 2]);
      at[2 * i] = px;
      at[2 * i + 1] = py;
    }
  }

  // The two projections of projection(), written out: they take tens of thousands of points a redraw.
  function spotter(project) {
    const scale = project.scale(), x0 = middleX(), y0 = height / 2;
    if (!view.flat) return (east, north) => [x0 + scale * east, y0 - scale * north];
    const across = (q) => 0.8707 + q * (-0.131979 + q * (-0.013791 + q * q * q * (0.003971 - 0.001529 * q)));
    const up = (lat, q) => lat * (1.007226 + q * (0.015085 + q * q * (-0.044475 + 0.028874 * q - 0.005916 * q * q)));
    const middle = up(view.lat / DEG, (view.lat / DEG) ** 2);
    return (east, north, out) => {
      const lat = Math.asin(Math.max(-1, Math.min(1, north))), q = lat * lat;
      return [x0 + scale * Math.atan2(east, out) * across(q), y0 - scale * (up(lat, q) - middle)];
    };
  }

  // A great circle between two seen places, in straight lines short enough.
  function bend(from, to, x0, y0, x1, y1) {
    const apart = (from[0] - to[0]) ** 2 + (from[1] - to[1]) ** 2 + (from[2] - to[2]) ** 2;
    const off = (scene.project.scale() * apart) / 8, far = 9 + off;
    const outside = Math.max(x0, x1) < -far || Math.min(x0, x1) > width + far ||
      Math.max(y0, y1) < -far || Math.min(y0, y1) > height + far;
    if (off < PIXELS_OFF || outside) return outside ? pen.moveTo(x1, y1) : pen.lineTo(x1, y1);
    const middle = along(from, to, 0.5), [x, y] = scene.spot(...middle);
    bend(from, middle, x0, y0, x, y);
    bend(middle, to, x, y, x1, y1);
  }
  function along(from, to, share) {
    const made = from.map((value, i) => value + share * (to[i] - value)), long = Math.hypot(...made);
    return made.map((value) => value / long);
  }

  // A step that leaves the map at an edge, or comes in there: the limb of the globe, or the meridian
  // opposite the middle of the flat map, where it comes in again on the other side.
  function cut(from, to, x0, y0, x1, y1) {
    const axis = view.flat ? 0 : 2, edge = along(from, to, from[axis] / (from[axis] - to[axis]));
    const [out, into] = [from, to].map((end) => edge.map((value, i) => (i === axis ? Math.sign(end[i]) * 1e-12 : value)));
    if (view.flat || from[2] >= 0) bend(from, out, x0, y0, ...scene.spot(...out));
    if (!view.flat && to[2] < 0) return;
    const [x, y] = scene.spot(...into);
    pen.moveTo(x, y);
    bend(into, to, x, y, x1, y1);
  }

  function trace(track, last) {
    const { seen, at } = scene, straight = Math.sqrt((8 * PIXELS_OFF) / scene.project.scale());
    let drawing = false; // whether the pen stands where this step begins
    pen.beginPath();
    for (let i = track * nTimes + 1; i <= track * nTimes + last; i++) {
      const u = 3 * i, x0 = at[2 * i - 2], y0 = at[2 * i - 1], x1 = at[2 * i], y1 = at[2 * i + 1];
      const whole = view.flat
        ? seen[u - 3] * seen[u] >= 0 || seen[u - 1] + seen[u + 2] >= 0
        : seen[u - 1] >= 0 && seen[u + 2] >= 0;
      if (!(x0 === x0 && x1 === x1) || (!view.flat && seen[u - 1] < 0 && seen[u + 2] < 0)) {
        drawing = false;
        continue;
      }
      if (!drawing) pen.moveTo(x0, y0);
      drawing = true;
      const near = Math.abs(seen[u] - seen[u - 3]) + Math.abs(seen[u + 1] - seen[u - 2]) +
        Math.abs(seen[u + 2] - seen[u - 1]) < straight;
      const inside = x1 > 0 && x1 < width && y1 > 0 && y1 < height;
      if (whole && near && inside) pen.lineTo(x1, y1);
      else (whole ? bend : cut)(seen.slice(u - 3, u), seen.slice(u, u + 3), x0, y0, x1, y1);
    }
  }

  function drawTracks() {
    pen.globalAlpha = Math.max(0.13, Math.min(0.7, 30 / data.tracks));
    pen.strokeStyle = colours.track;
    pen.lineWidth = 1;
    for (let p = 0; p < data.tracks; p++) {
      trace(p, view.time);
      pen.stroke();
    }
    const rest = scene.path(line(tracks, data.tracks, view.time, nTimes - 1));
    stroke(pen, rest, colours.casing, 3.4, 0.8);
    stroke(pen, rest, colours.middle, 1.4, 1, [2, 4]);
    const flown = scene.path(line(tracks, data.tracks, 0, view.time));
    stroke(pen, flown, colours.casing, 5.5);
    stroke(pen, flown, colours.middle, 2.6);
  }

  function dot(x, y, radius, fill, edge, thickness) {
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.fillStyle = fill;
    pen.fill();
    pen.strokeStyle = edge;
    pen.lineWidth = thickness;
    pen.stroke();
  }

  function drawHere() {
    for (let p = 0; p <= data.tracks; p++) {
      const i = p * nTimes + view.time, x = scene.at[2 * i], y = scene.at[2 * i + 1];
      if (x !== x || (!view.flat && scene.seen[3 * i + 2] < 0.01)) continue;
      if (p < data.tracks) dot(x, y, 2.7, colours.accent, colours.casing, 0.9);
      else dot(x, y, 6, colours.accent, colours.ink, 2);
    }
  }

  function ring(x, y, radius) {
    for (const [colour, thickness] of [[colours.casing, 6], [colours.accent, 3]]) {
      pen.beginPath();
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      pen.strokeStyle = colour;
      pen.lineWidth = thickness;
      pen.stroke();
    }
  }

  function diamond(x, y, r, fill, edge) {
    pen.beginPath();
    pen.moveTo(x, y - r);
    pen.lineTo(x + r, y);
    pen.lineTo(x, y + r);
    pen.lineTo(x - r, y);
    pen.closePath();
    pen.fillStyle = fill;
    pen.fill();
    pen.strokeStyle = edge;
    pen.lineWidth = 1.4;
    pen.stroke();
  }

  function drawSightings() {
    const { project } = scene;
    const now = data.times[view.time];
    const order = marks.map((_, i) => i).sort((a, b) =>
      (a === view.chosen) - (b === view.chosen) || marks[a].used - marks[b].used);
    for (const i of order) {
      const mark = marks[i], chosen = i === view.chosen;
      const later = !chosen && mark.from > now ? 0.35 : 1;
      const circle = scene.circles[i];
      const dash = mark.used ? [] : [4, 4];
      if (chosen) {
        pen.globalAlpha = 0.14;
        pen.fillStyle = colours.accent;
        pen.fill(circle);
        pen.globalAlpha = 1;
        stroke(pen, circle, colours.casing, 6);
        stroke(pen, circle, colours.accent, 3, 1, dash);
      } else {
        stroke(pen, circle, colours.casing, 2.6, 0.5 * later);
        stroke(pen, circle, colours.ink, 1.1, 0.75 * later, dash);
      }
      if (!visible([mark.lon, mark.lat])) continue;
      const [x, y] = project([mark.lon, mark.lat]);
      pen.globalAlpha = later;
      if (chosen) {
        ring(x, y, 15);
        diamond(x, y, 9, colours.casing, colours.accent);
      }
      diamond(x, y, chosen ? 6 : 5, mark.used ? colours.ink : colours.casing,
        mark.used ? colours.casing : colours.ink);
      pen.globalAlpha = 1;
    }
    drawNames(project, order.reverse());
  }

  function drawNames(project, order) {
    const taken = [];
    pen.font = "600 12px " + colours.font;
    pen.textBaseline = "middle";
    for (const i of order) {
      const mark = marks[i], chosen = i === view.chosen;
      if (!visible([mark.lon, mark.lat])) continue;
      const [x, y] = project([mark.lon, mark.lat]);
      const name = mark.id.length > 28 ? mark.id.slice(0, 27) + "\u2026" : mark.id;
      const w = pen.measureText(name).width;
      const off = chosen ? 21 : 9;
      const left = x + off + w > width - 4 ? x - off - w : x + off;
      const box = [left, y - 8, left + w, y + 8];
      const clash = taken.some((t) => box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3]);
      if (clash && !chosen) continue;
      taken.push(box);
      pen.globalAlpha = !chosen && mark.from > data.times[view.time] ? 0.5 : 1;
      pen.strokeStyle = colours.casing;
      pen.lineWidth = 3.5;
      pen.strokeText(name, left, y);
      pen.fillStyle = colours.ink;
      pen.fillText(name, left, y);
      pen.globalAlpha = 1;
    }
  }

  // Time
  const stamp = (iso) => {
    const at = new Date(iso);
    const day = at.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
    return day + ", " + at.toISOString().slice(11, 16) + " UTC";
  };
  const whole = (value) => Math.round(value).toLocaleString("en");

  // Local time is what the reader's browser knows of zones; the account itself is in UTC.
  function local(iso) {
    const zone = $("zone").value;
    if (!zone) return "";
    return new Intl.DateTimeFormat("en-GB", {
      weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone: zone,
      timeZoneName: "short",
    }).format(new Date(iso));
  }
  function offerZones() {
    const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
    const all = Intl.supportedValuesOf ? Intl.supportedValuesOf("timeZone") : [];
    for (const zone of new Set([here, ...all])) {
      if (!zone || zone === "UTC") continue;
      const option = element("option", zone.replaceAll("_", " "));
      option.value = zone;
      $("zone").append(option);
    }
  }

  // Tables that can be narrowed: every word must be in the row, every choice in its cell.
  function sift(box) {
    const body = $(box.dataset.table).tBodies[0], rows = [...body.rows], wanted = new Map();
    const words = box.querySelector("input"), told = box.querySelector("output");
    const say = (row, column) => row.cells[column].textContent.trim();
    const apply = () => {
      const asked = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        const fits = asked.every((word) => text.includes(word)) &&
          [...wanted].every(([column, value]) => !value || say(row, column) === value);
        row.hidden = !fits;
        shown += fits;
      }
      told.textContent = shown === rows.length ? rows.length + " rows" : shown + " of " + rows.length + " rows";
    };
    for (const column of box.dataset.columns.split(",").map(Number)) {
      const name = body.parentElement.tHead.rows[0].cells[column].textContent;
      const label = element("label", name + " "), select = document.createElement("select");
      const all = element("option", "all");
      all.value = "";
      select.append(all);
      for (const value of [...new Set(rows.map((row) => say(row, column)))].sort()) {
        if (value) select.append(element("option", value));
      }
      select.addEventListener("change", () => { wanted.set(column, select.value); apply(); });
      label.append(select);
      box.insertBefore(label, told);
    }
    words.addEventListener("input", apply);
    apply();
  }

  const degrees = ([lon, lat]) =>
    Math.abs(lat).toFixed(1) + "\u00b0\u00a0" + (lat < 0 ? "S" : "N") + ", " +
    Math.abs(lon).toFixed(1) + "\u00b0\u00a0" + (lon < 0 ? "W" : "E");

  function setTime(k) {
    view.time = Math.max(0, Math.min(nTimes - 1, k));
    const slider = $("when"), said = stamp(data.times[view.time]);
    slider.value = view.time;
    slider.setAttribute("aria-valuetext", said);
    $("now").textContent = said;
    $("there").textContent = local(data.times[view.time]);
    const point = position(tracks, data.tracks, view.time);
    const half = data.half_km[view.time], high = data.height_km[view.time];
    $("read").textContent = point
      ? "Middle of the tracks " + degrees(point) +
        (half === null ? "" : "; half of them within " + whole(half) + "\u00a0km (" + whole(half / 1.852) + "\u00a0nmi)") +
        (high === null ? "" : "; " + high.toFixed(1) + "\u00a0km (" + whole(Math.round(high / 0.03048) * 100) + "\u00a0ft) high") + "."
      : "Fewer than half of the tracks are in the air.";
    const cursor = $("cursor");
    if (cursor) {
      const span = Date.parse(data.times[nTimes - 1]) - Date.parse(data.times[0]) || 1;
      const share = (Date.parse(data.times[view.time]) - Date.parse(data.times[0])) / span;
      const x = Math.round(data.plot[0] + share * (data.plot[1] - data.plot[0]));
      cursor.setAttribute("x1", x);
      cursor.setAttribute("x2", x);
    }
    redraw();
  }

  function play(on) {
    clearInterval(timer);
    timer = 0;
    $("play").textContent = on ? "Pause" : "Play";
    $("play").setAttribute("aria-pressed", String(on));
    $("now").setAttribute("aria-live", on ? "off" : "polite"); // a reader is not told every step
    if (!on) return;
    if (view.time === nTimes - 1) setTime(0);
    timer = setInterval(() => {
      setTime(view.time + 1);
      if (view.time === nTimes - 1) play(false);
    }, calm.matches ? 500 : 60);
  }

  // Moving the view
  function turn(dx, dy) {
    view.lon = ((view.lon + dx + 540) % 360) - 180;
    view.lat = clampLat(view.lat + dy);
    view.turned = true;
    redraw();
  }
  function zoom(factor) {
    view.zoom = Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, view.zoom * factor));
    view.turned = true;
    redraw();
  }
  const nudge = () => 12 / Math.sqrt(view.zoom * view.zoom + 0.5);
  function home() {
    fit();
    redraw();
  }
  function setShape(flat) {
    view.flat = flat;
    $("shape").textContent = flat ? "Globe" : "Flat map";
    home();
  }

  // Sightings
  function choose(i, { turnTo = true } = {}) {
    view.chosen = i;
    $("choose").value = i < 0 ? "" : String(i);
    for (const button of document.querySelectorAll(".show")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.i) === i));
    }
    for (const row of document.querySelectorAll("#sightings tbody tr")) {
      row.classList.toggle("chosen", Number(row.dataset.i) === i);
    }
    if (i >= 0 && turnTo) bringIn(marks[i]);
    $("card").replaceChildren(...(i < 0 ? [element("p", "No sighting selected.", "none")] : card(marks[i])));
    redraw();
  }
  function bringIn(mark) {
    const point = [mark.lon, mark.lat];
    const [x, y] = projection()(point);
    const inside = visible(point) && x > 40 && y > 40 && x < width - 80 && y < height - 80;
    if (inside) return;
    [view.lon, view.lat] = [mark.lon, clampLat(mark.lat)];
    view.turned = true;
  }
  function element(tag, text, kind) {
    const made = document.createElement(tag);
    made.textContent = text;
    if (kind) made.className = kind;
    return made;
  }
  function card(mark) {
    const list = document.createElement("dl");
    const add = (name, value) => list.append(element("dt", name), value);
    const radius = mark.radius_m / 1000;
    let source = element("dd", mark.source);
    if (mark.url) {
      const link = element("a", mark.source);
      link.href = mark.url;
      link.rel = "noreferrer noopener";
      source = document.createElement("dd");
      source.append(link);
    }
    add("When", element("dd", mark.time + " UTC"));
    if ($("zone").value) add("", element("dd", "from " + local(mark.from)));
    add("Where", element("dd", degrees([mark.lon, mark.lat]) + ", within " +
      (radius < 10 ? radius.toFixed(1) : whole(radius)) + " km, " +
      (radius < 18 ? (radius / 1.852).toFixed(1) : whole(radius / 1.852)) + " nmi (" + mark.geometry + ")"));
    add("Used", element("dd", mark.used ? "yes" : "no"));
    add("Essentially right", element("dd", mark.chance));
    add("Source", source);
    return [element("h3", mark.id), element("p", mark.label, "said"), list];
  }
  function step(by) {
    if (!marks.length) return;
    choose(view.chosen < 0 ? (by > 0 ? 0 : marks.length - 1) : (view.chosen + by + marks.length) % marks.length);
  }
  function hit(x, y) {
    const project = projection(), place = project.invert([x, y]);
    let best = -1, nearest = 22;
    marks.forEach((mark, i) => {
      if (!visible([mark.lon, mark.lat])) return;
      const [mx, my] = project([mark.lon, mark.lat]);
      const off = Math.hypot(mx - x, my - y);
      if (off < nearest) [nearest, best] = [off, i];
    });
    if (best >= 0 || !place || !isFinite(place[0])) return best;
    let smallest = Infinity;
    marks.forEach((mark, i) => {
      if (mark.radius_m < smallest && G.geoDistance([mark.lon, mark.lat], place) * EARTH_M < mark.radius_m) {
        [smallest, best] = [mark.radius_m, i];
      }
    });
    return best;
  }

  // Pointers: one turns, two zoom; a press that does not move selects.
  const held = new Map();
  let moved = 0, apart = 0;
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    held.set(event.pointerId, [event.clientX, event.clientY]);
    canvas.classList.add("held");
    if (held.size === 1) moved = 0;
    apart = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (!before) {
      canvas.title = hover(event);
      return;
    }
    held.set(event.pointerId, [event.clientX, event.clientY]);
    if (held.size === 2) {
      const [a, b] = [...held.values()];
      const gap = Math.hypot(a[0] - b[0], a[1] - b[1]);
      if (apart) zoom(gap / apart);
      apart = gap;
      moved = 99;
      return;
    }
    const dx = event.clientX - before[0], dy = event.clientY - before[1];
    moved += Math.abs(dx) + Math.abs(dy);
    const scale = DEG / projection().scale();
    if (moved > 3) turn(-dx * scale / Math.max(0.2, Math.cos(view.lat / DEG)), dy * scale);
  });
  const release = (event) => {
    const was = held.delete(event.pointerId);
    if (!held.size) canvas.classList.remove("held");
    return was;
  };
  canvas.addEventListener("pointerup", (event) => {
    if (!release(event) || moved > 3) return;
    const box = canvas.getBoundingClientRect();
    const found = hit(event.clientX - box.left, event.clientY - box.top);
    if (found >= 0 || view.chosen >= 0) choose(found, { turnTo: false });
  });
  canvas.addEventListener("pointercancel", release);
  function hover(event) {
    const box = canvas.getBoundingClientRect();
    const found = hit(event.clientX - box.left, event.clientY - box.top);
    return found < 0 ? "" : marks[found].id;
  }
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== canvas) return; // else it is the page's wheel
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.15 : 0.87);
  }, { passive: false });

  const keys = {
    ArrowLeft: () => turn(-nudge(), 0), ArrowRight: () => turn(nudge(), 0),
    ArrowUp: () => turn(0, nudge()), ArrowDown: () => turn(0, -nudge()),
    "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), Home: home,
    n: () => step(1), p: () => step(-1), N: () => step(1), P: () => step(-1),
    Escape: () => choose(-1),
  };
  canvas.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });

  const click = (id, act) => $(id).addEventListener("click", act);
  click("zoom-in", () => zoom(1.25));
  click("zoom-out", () => zoom(0.8));
  click("home", home);
  click("pan-left", () => turn(-nudge(), 0));
  click("pan-right", () => turn(nudge(), 0));
  click("pan-up", () => turn(0, nudge()));
  click("pan-down", () => turn(0, -nudge()));
  click("shape", () => setShape(!view.flat));
  click("play", () => play(!timer));
  click("previous", () => step(-1));
  click("next", () => step(1));
  $("when").addEventListener("input", () => { play(false); setTime(Number($("when").value)); });
  $("zone").addEventListener("change", () => {
    setTime(view.time);
    if (view.chosen >= 0) choose(view.chosen, { turnTo: false });
  });
  $("choose").addEventListener("change", () => choose($("choose").value === "" ? -1 : Number($("choose").value)));
  const sightings = $("sightings"); // an embedded map has no table of them
  if (sightings) sightings.addEventListener("click", (event) => {
    const button = event.target.closest(".show");
    if (!button) return;
    const i = Number(button.dataset.i);
    if (i === view.chosen) return choose(-1);
    choose(i);
    canvas.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); scene = {}; redraw(); });
  const opened = [];
  addEventListener("beforeprint", () => {
    for (const part of document.querySelectorAll("details:not([open])")) {
      part.open = true;
      opened.push(part);
    }
  });
  addEventListener("afterprint", () => { while (opened.length) opened.pop().open = false; });

  async function start() {
    const atlas = JSON.parse($("world").textContent);
    world = {
      land: G.feature(atlas, atlas.objects.land),
      coast: G.mesh(atlas, atlas.objects.countries, (a, b) => a === b),
      borders: G.mesh(atlas, atlas.objects.countries, (a, b) => a !== b),
      grid: G.geoGraticule10(),
      circles: marks.map((mark) => G.geoCircle().center([mark.lon, mark.lat])
        .radius(Math.min(89, (mark.radius_m / EARTH_M) * DEG)).precision(3)()),
    };
    tracks = await decode($("tracks").textContent, data.tracks + 1);
    world.points = onSphere(tracks);
    root.classList.add("live-map");
    offerZones();
    document.querySelectorAll(".sift").forEach(sift);
    readColours();
    measure();
    fit();
    setTime(nTimes - 1);
    draw();
    let known = width + " " + height;
    new ResizeObserver(() => {
      if (known === canvas.clientWidth + " " + canvas.clientHeight) return;
      measure();
      known = width + " " + height;
      if (!view.turned) fit();
      redraw();
    }).observe(canvas);
    window.__ready = performance.now();
    window.__overflight = {
      steps: tracks, view, hit, project: (p) => projection()(p), placed: (i) => [scene.at[2 * i], scene.at[2 * i + 1]],
    };
  }
  start().catch((problem) => {
    root.classList.remove("live-map"); // the drawing stays
    console.error("overflight: the live map could not start", problem);
  });
})();
