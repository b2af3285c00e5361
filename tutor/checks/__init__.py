"""One rule a file: `CheckInput` in, findings out. Pure: no IO, no clock. `registry` names them all."""
