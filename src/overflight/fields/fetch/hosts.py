"""Where winds are fetched from: a fixed table of hosts, over HTTPS only.

A mirror, or a server of one's own, takes a source's place through an environment variable such as
``OVERFLIGHT_MIRROR_GFS``; plain HTTP is accepted only from this machine itself. No names, words or
keys of a user are ever sent. Layouts were compared with public projects that read the same
archives on 2026-11-26; the archives themselves were not asked.
"""

import os
from urllib.parse import urlsplit

from overflight.errors import FieldError

BASES = {
    "era5": "https://storage.googleapis.com/gcp-public-data-arco-era5/ar/"
    "full_37-1h-0p25deg-chunk-1.zarr-v3",
    "gfs": "https://noaa-gfs-bdp-pds.s3.amazonaws.com",
    "ecmwf": "https://ecmwf-forecasts.s3.eu-central-1.amazonaws.com",
    "igra": "https://www.ncei.noaa.gov/data/integrated-global-radiosonde-archive",
}
ATTRIBUTIONS = {
    "era5": "ERA5 by way of ARCO-ERA5 (Google): contains modified Copernicus Climate Change Service"
    " information",
    "gfs": "NOAA GFS, public domain",
    "ecmwf": "ECMWF open data, CC BY 4.0",
    "igra": "NOAA NCEI, Integrated Global Radiosonde Archive",
}
SWITCH = "OVERFLIGHT_MIRROR_"
_HERE = {"127.0.0.1", "localhost", "::1"}
_HOSTS = {urlsplit(address).hostname for address in BASES.values()}


def base(source: str) -> str:
    """Address of a source, without a slash at its end.

    Raises
    ------
    FieldError
        If the source is unknown, or a mirror is neither HTTPS nor on this machine.
    """
    if source not in BASES:
        raise FieldError(
            found=f"the source {source!r}",
            expected=f"one of {', '.join(BASES)}",
            remedy="Choose one of them with --source.",
        )
    wanted = os.environ.get(f"{SWITCH}{source.upper()}") or BASES[source]
    if not allowed(wanted):
        raise FieldError(
            found=f"{SWITCH}{source.upper()} is set to an address that may not be asked",
            expected="an address that begins with https:// and holds no password",
            remedy="Winds are not fetched over plain HTTP, except from this machine.",
        )
    return wanted.rstrip("/")


def allowed(url: str) -> bool:
    """Whether an address may be asked: HTTPS, or HTTP on this machine.

    >>> allowed("http://localhost:8000/a"), allowed("http://example.org/a")
    (True, False)
    """
    parts = urlsplit(url)
    if parts.username or parts.password or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)


def may_follow(old: str, new: str) -> bool:
    """Whether a redirect stays on its host, or leads over HTTPS to a host of the table."""
    if not allowed(new):
        return False
    was, now = urlsplit(old), urlsplit(new)
    if was.scheme == "https" and now.scheme != "https":
        return False
    return was.netloc == now.netloc or (now.scheme == "https" and now.hostname in _HOSTS)
