from collections.abc import Callable
from typing import Any

class LazyString:
    __html__: Callable[[Any], str]
