"""`python -m probity_cli` is the `probity` command."""

from probity_cli.main import main

if __name__ == "__main__":
    main()
