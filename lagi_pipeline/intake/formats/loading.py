"""Loading by calamine, its errors told as refusals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import python_calamine as calamine

from lagi_pipeline.intake.findings import RefusedFileError

_PANIC = "PanicException"  # of the library that binds calamine; it derives from BaseException and is not exported


@contextmanager
def told() -> Iterator[None]:
    """What calamine cannot read is a refused file.

    Raises:
        RefusedFileError: in place of any error of calamine.
    """
    try:
        yield
    except calamine.PasswordError as error:
        raise RefusedFileError("tệp có mật khẩu, hãy gửi bản không khóa", rule="password") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise RefusedFileError(f"không mở được tệp như một bảng tính: {error}", rule="unreadable") from error
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise RefusedFileError("không mở được tệp như một bảng tính: tệp bị hỏng", rule="unreadable") from error
