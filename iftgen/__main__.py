"""`python -m iftgen` is the command `iftgen`."""

from iftgen.cli import main

if __name__ == "__main__":
    main()
