"""The bounds of the enrichment step, as data_contract.yaml declares them. See docs/decisions/0007."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat, PositiveInt

Yen = Annotated[Decimal, Field(ge=0)]


class Prices(BaseModel):
    """Yen for 1,000 tokens of the configured model: what goes in, what comes out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: Yen
    output: Yen

    def of(self, input_tokens: int, output_tokens: int) -> Decimal:
        return (self.input * input_tokens + self.output * output_tokens) / 1000


class Enrichment(BaseModel):
    """What one run of the step may do, and from which confidence an answer counts.

    `attempts` are of one tenant, where the endpoint throttles; `failures_in_a_row` ends the run: nobody is there.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    confidence_at_least: Annotated[Decimal, Field(ge=0, le=1)]
    rows_per_run: PositiveInt
    seconds_per_run: PositiveInt
    yen_per_run: Yen
    yen_per_1000_tokens: Prices
    requests_per_second: PositiveFloat
    answer_seconds: PositiveFloat
    attempts: Annotated[int, Field(ge=1, le=10)]
    failures_in_a_row: PositiveInt
