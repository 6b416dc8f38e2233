"""A command that is killed, or whose terminal is closed, tidies up."""

import signal

import pytest

from cli.interruptions import as_ctrl_c


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP])
def test_signal_ends_a_command_as_ctrl_c_does_and_nothing_afterwards(sent: signal.Signals) -> None:
    before = signal.getsignal(sent)
    with pytest.raises(KeyboardInterrupt), as_ctrl_c():
        signal.raise_signal(sent)
    assert signal.getsignal(sent) is before
