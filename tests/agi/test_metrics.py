"""What the telephone counts."""

from agi.metrics import Metrics, page


def text(metrics):
    started = []
    body = b"".join(page(metrics)({}, lambda status, headers: started.append((status, dict(headers)))))
    assert started[0][0] == "200 OK"
    assert started[0][1]["Content-Type"].startswith("text/plain")
    return body.decode()


def test_calls_are_counted_by_how_they_ended():
    metrics = Metrics()
    metrics.calls.update(["done", "hangup", "done"])
    assert 'alo_agi_calls_total{outcome="done"} 2.0' in text(metrics)
    assert 'alo_agi_calls_total{outcome="hangup"} 1.0' in text(metrics)


def test_our_own_time_is_a_histogram():
    metrics = Metrics()
    for seconds in (0.0005, 0.004, 0.004, 30):
        metrics.thought(seconds)
    shown = text(metrics)
    assert 'alo_agi_command_seconds_bucket{le="0.001"} 1.0' in shown
    assert 'alo_agi_command_seconds_bucket{le="0.005"} 3.0' in shown
    assert 'alo_agi_command_seconds_bucket{le="+Inf"} 4.0' in shown
    assert "alo_agi_command_seconds_count 4.0" in shown


def test_every_count_has_words():
    lines = text(Metrics()).splitlines()
    helped = {line.split()[2] for line in lines if line.startswith("# HELP")}
    typed = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert typed <= helped
    assert len(typed) >= 8
