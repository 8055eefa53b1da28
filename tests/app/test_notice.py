from inspector.app import notice
from inspector.app.lock import LOCK, Lock
from inspector.app.platform import here

RUNNING = notice.Running(
    pid=1, version="1", started=2.0, home="/h", listen=("127.0.0.1:1",), web=("127.0.0.1:2",), web_name="x.localhost",
    dashboard="http://x.localhost:2/", children={"engine": 3},
)  # fmt: skip


def test_it_counts_only_while_the_home_is_locked(tmp_path):
    notice.write(tmp_path, RUNNING)
    assert notice.read(tmp_path, here()) is None
    lock = Lock(tmp_path / LOCK, here())
    assert lock.take()
    assert notice.read(tmp_path, here()) == RUNNING
    lock.release()
    assert notice.read(tmp_path, here()) is None
    assert notice.last_word(tmp_path) == RUNNING


def test_what_cannot_be_read_or_written_is_no_error(tmp_path):
    (tmp_path / notice.FILE).write_text("{")
    assert notice.last_word(tmp_path) is None
    notice.write(tmp_path / "nowhere", RUNNING)
    notice.remove(tmp_path)
    notice.remove(tmp_path)


def test_no_scratch_file_stays(tmp_path):
    notice.write(tmp_path, RUNNING)
    assert [path.name for path in tmp_path.iterdir()] == [notice.FILE]
