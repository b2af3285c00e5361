"""What the live view draws, out of a timeline and a snapshot: rows of objects, lanes of answers, bars of pods.

Pure: lines of text with a style for each part; screens, the saved picture, the report and replay show the same ones.
Reading order: `histories` (what was recorded, by pod), `lanes`, `pod_rows`, `drawing`, the `draw_…` modules, and the
exports.
"""
