"""`python -m bench.plan`: the project planned to prod, as `sqlmesh plan` does for a person who says yes."""

from tests.support.places import plan

if __name__ == "__main__":
    plan(audited=True)
