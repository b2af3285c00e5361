"""`python -I -S .../standins/__main__.py NAME VERSION`: run one application; its configuration comes on stdin.

Run by path, isolated and without site-packages: the learner's Python settings cannot change it, and the interpreter
starts in about 10 ms.
"""

import sys

# asyncio loads OpenSSL where it can; the stand-ins speak plain HTTP, and it would cost each of them 4 MB.
sys.modules.setdefault("ssl", None)  # type: ignore[arg-type]

if not __package__:
    from pathlib import Path

    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from tutor.practice.standins.run import main  # noqa: E402

if __name__ == "__main__":
    main(sys.argv[1:])
