"""SQLMesh's state in Postgres, of the gateways whose warehouse can't hold it: two plans at once corrupt a state without transactions on DDL."""

from typing import Any, Literal

from pydantic import Field, model_validator
from sqlmesh.core import constants
from sqlmesh.core.config.connection import CONNECTION_CONFIG_TO_TYPE, PostgresConnectionConfig

from loader.settings import state_database
from loader.warehouse.mysql.session import WAIT_SECONDS

_TYPE = "state (use `warehouse sqlmesh`)"


class StateConnection(PostgresConnectionConfig):
    """Postgres for SQLMesh's state, with waits bounded as in the warehouse; where it is says WAREHOUSE_STATE_URL."""

    type_: Literal[_TYPE] = Field(alias="type", default=_TYPE)

    @model_validator(mode="before")
    @classmethod
    def _read_address(cls, given: dict[str, Any]) -> dict[str, Any]:
        return given | state_database()

    @property
    def is_recommended_for_state_sync(self) -> bool:
        return True  # SQLMesh asks for the type's name, and warns of one that is not `postgres`

    @property
    def _static_connection_kwargs(self) -> dict[str, Any]:
        return {"options": f"-c lock_timeout={WAIT_SECONDS}s"}


def register_state() -> None:
    """Makes SQLMesh know the type, in this process."""
    CONNECTION_CONFIG_TO_TYPE[_TYPE] = StateConnection
    # Models are read in this process. SQLMesh's workers would inherit the connection that holds the lock, and they outlive a kill -9: the
    # server would never see that the holder is dead.
    constants.MAX_FORK_WORKERS = 1
