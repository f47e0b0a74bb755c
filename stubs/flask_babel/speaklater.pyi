from collections.abc import Callable
from typing import Any

class LazyString:
    def __init__(self, func: Callable[..., str], *args: object, **kwargs: object) -> None: ...
    __html__: Callable[[Any], str]
