// Strokes as pixels: on the screen in the theme's ink, and as the picture that is sent, black on white.

import { SHEET } from "./sketch.js";

export function drawStrokes(context, strokes, colour) {
  context.lineCap = "round";
  context.lineJoin = "round";
  context.strokeStyle = colour;
  for (const { erase, width, points } of strokes) {
    context.globalCompositeOperation = erase ? "destination-out" : "source-over";
    context.lineWidth = width;
    context.stroke(outline(points));
  }
  context.globalCompositeOperation = "source-over";
}

// Through the middles of neighbouring points, so that a fast hand leaves curves and no corners.
function outline(points) {
  const path = new Path2D();
  path.moveTo(...points[0]);
  for (let i = 1; i < points.length - 1; i += 1) {
    const [x, y] = points[i];
    const [nextX, nextY] = points[i + 1];
    path.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  path.lineTo(...points.at(-1));
  return path;
}

function rendered(strokes, scale) {
  const canvas = document.createElement("canvas");
  canvas.width = SHEET.width * scale;
  canvas.height = SHEET.height * scale;
  const context = canvas.getContext("2d");
  context.scale(scale, scale);
  drawStrokes(context, strokes, "#000");
  // Beneath the ink, so that erasing showed what is beneath and not a hole.
  context.globalCompositeOperation = "destination-over";
  context.fillStyle = "#fff";
  context.fillRect(0, 0, SHEET.width, SHEET.height);
  return canvas;
}

export function asPng(strokes) {
  return new Promise((resolve) => rendered(strokes, 1).toBlob(resolve, "image/png"));
}

export function thumbnail(strokes) {
  return rendered(strokes, 0.25).toDataURL("image/png");
}
