import stat
from concurrent.futures import ThreadPoolExecutor

from archive.secrets import get_or_create_secret


def test_secret_is_made_once_and_private(tmp_path):
    path = tmp_path / "data" / "secret-key"
    first = get_or_create_secret(path)
    assert len(first) >= 50
    assert get_or_create_secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_processes_that_start_at_once_get_the_same_secret(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        secrets = set(pool.map(lambda _: get_or_create_secret(tmp_path / "secret-key"), range(64)))
    assert len(secrets) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]
