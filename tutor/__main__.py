"""`python -m tutor` is `homics-tutor`."""

import sys


def main() -> None:
    """Entry point."""
    try:
        from tutor.cli.main import main as run
    except KeyboardInterrupt:
        # Before anything has begun: without a word, with the exit code of every Ctrl-C.
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
