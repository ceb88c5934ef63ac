"""A request the provider will not serve."""


class RefusedError(Exception):
    def __init__(
        self, message: str, *, status: int = 400, code: str = "invalid_request_error", param: str | None = None
    ):
        super().__init__(message)
        self.status, self.code, self.message, self.param = status, code, message, param
