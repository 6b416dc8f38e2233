"""The supervisor's own rules; what it does as a whole is tested end to end."""

import os
from contextlib import closing

import pytest

from local.child import wait_for_word
from local.supervisor import StackError, listen


def test_port_in_use_is_said_in_a_sentence() -> None:
    with closing(listen(0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StackError, match=f"Port {port} cannot be used"):
            listen(port)


def test_child_begins_at_the_word_and_not_without_it() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"\n")
    assert wait_for_word(reading) is True
    os.close(writing)
    assert wait_for_word(reading) is False
    os.close(reading)
