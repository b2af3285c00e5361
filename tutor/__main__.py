"""`python -m tutor` is `homics-tutor`."""

from tutor.cli.main import main

if __name__ == "__main__":
    main()
