"""`python -m loader`."""

from loader.cli import cli

if __name__ == "__main__":
    cli(prog_name="python -m loader")
