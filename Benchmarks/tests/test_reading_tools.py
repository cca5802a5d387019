"""What wrk, evenkeel load, strace, callgrind and the kernel print is understood."""

import json

import pytest

from harness import load, ports
from harness.child import BenchmarkError
from harness.measure import cpu, instructions, memory, syscalls

WRK = """\
Running 1s test @ http://127.0.0.1:21001/
  1 threads and 20 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   397.82us  303.11us   4.51ms   95.74%
    Req/Sec    42.04k     6.22k   53.68k    70.00%
  41831 requests in 1.05s, 6.70MB read
"""

STRACE = """\
    calls syscall
--------- ----------------
        7 read
       23 close
--------- ----------------
      144 total
"""


def test_wrk_tells_requests_and_their_time():
    seen = load.parse_wrk(WRK + "Requests/sec:  41736.63\n")
    assert (seen.requests, seen.seconds, seen.errors) == (41831, 1.05, 0)
    assert seen.rate == pytest.approx(39839, abs=1)


def test_wrk_may_tell_its_time_in_another_unit():
    assert load.parse_wrk(WRK.replace("1.05s", "980.50ms")).seconds == pytest.approx(0.9805)


def test_broken_connections_and_bad_answers_of_wrk_are_errors():
    text = WRK + "  Socket errors: connect 1, read 20, write 300, timeout 4000\n  Non-2xx or 3xx responses: 50000\n"
    assert load.parse_wrk(text).errors == 54321


def test_wrk_without_a_result_is_told():
    with pytest.raises(BenchmarkError, match="refused"):
        load.parse_wrk("unable to connect: Connection refused")


def _open_loop(count, **others):
    latency = {"count": count, "p50": 0.1, "p99": 0.9, "p99_9": 5.0}
    return json.dumps({"latency_ms": latency, "failed": 0, "unsent": 0, **others})


def test_the_open_loop_tells_percentiles():
    seen = load.parse_open_loop(_open_loop(2000))
    assert (seen.p50_ms, seen.p99_ms, seen.p99_9_ms, seen.errors) == (0.1, 0.9, 5.0, 0)


def test_a_percentile_with_too_few_requests_is_none():
    seen = load.parse_open_loop(_open_loop(120))
    assert (seen.p99_ms, seen.p99_9_ms) == (0.9, None)


def test_requests_that_failed_are_not_those_that_were_never_sent():
    seen = load.parse_open_loop(_open_loop(2000, failed=3, unsent=4))
    assert (seen.errors, seen.unsent) == (3, 4)


def test_strace_tells_all_calls_together():
    assert syscalls.parse_strace(STRACE) == 144


def test_a_table_of_strace_without_a_total_is_told():
    with pytest.raises(ValueError):
        syscalls.parse_strace("")


def test_callgrind_tells_the_instructions_of_a_dump():
    assert instructions.parse_callgrind("events: Ir\nsummary: 970072\n\n\ntotals: 970111\n") == 970111


def test_a_dump_of_callgrind_that_is_being_written_has_no_total_yet():
    assert instructions.parse_callgrind("events: Ir\nfn=(1) main\n0 12\n") is None


def test_a_programs_name_cannot_disturb_its_cpu_time():
    fields = "S 1 1 1 0 -1 0 0 0 0 0 250 150 0 0 20 0 1 0 0"
    seen = cpu.parse_stat(f"42 (a) name) {fields}\n")
    assert seen.user / seen.system == pytest.approx(250 / 150)


def test_an_exact_sum_keeps_the_shares_of_user_and_system():
    seen = cpu.CPUTime(0.25, 0.75).scaled(2)
    assert (seen.user, seen.system) == (0.5, 1.5)
    assert cpu.CPUTime().scaled(0) == cpu.CPUTime()


def test_resident_memory_is_read_in_kib():
    assert memory.parse_rollup("55d0-7ffd ---p 00000000 00:00 0 [rollup]\nRss:       5432 kB\nPss: 100 kB\n") == 5432


CONNECTIONS = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 101 1
   1: 0100007F:1F90 0100007F:8001 01 00000000:00000000 00:00000000 00000000     0        0 102 1
   2: 0100007F:1F90 0100007F:8002 01 00000000:00000000 00:00000000 00000000     0        0 0 1
   3: 0100007F:8001 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 104 1
   4: 0100007F:1F90 0100007F:8003 06 00000000:00000000 00:00000000 00000000     0        0 0 1
"""


def test_only_connections_count_that_a_process_has_accepted_and_not_closed():
    assert ports.parse_connections(CONNECTIONS, [8080]) == 1
    assert ports.parse_connections(CONNECTIONS, [8080, 0x8001]) == 2
    assert ports.parse_connections(CONNECTIONS, [90]) == 0
